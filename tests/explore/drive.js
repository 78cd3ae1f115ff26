// Uses the page as people do, and writes what it saw into the element `verdict`, of the page around it if there is one.
"use strict";
(async () => {
  const wait = ms => new Promise(done => setTimeout(done, ms)), $ = id => document.getElementById(id), seen = {};
  const ready = async () => { while (document.querySelector("main").hidden || !document.querySelector("#table td")) await wait(20); };
  const bigs = () => [...document.querySelectorAll(".big")].map(e => e.textContent);
  const set = (id, value, type = "input") => { $(id).value = value; $(id).dispatchEvent(new Event(type, {bubbles: true})); };
  const slider = name => [...document.querySelectorAll("input[type=range]")].find(e => e.getAttribute("aria-label") === name);
  const press = (e, key) => e.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
  const fits = () => [document.scrollingElement.scrollWidth, innerWidth];
  addEventListener("error", e => { seen.error = String(e.message); });
  document.addEventListener("securitypolicyviolation", e => { seen.violation = e.violatedDirective; });
  try {
    await ready();
    await wait(700);
    seen.start = bigs();
    seen.scripts = document.scripts.length;
    seen.images = document.images.length;
    seen.widths = [fits()];
    const range = slider("alpha, slider");
    range.value = 0.5;
    range.dispatchEvent(new Event("input", {bubbles: true}));
    await wait(700);
    seen.half = bigs();
    seen.hash = location.hash;
    seen.live = $("live").textContent;
    seen.command = document.querySelector(".command code").textContent;
    press(slider("alpha, slider"), "PageUp");
    await wait(100);
    seen.next = $("a-alpha").value;
    set("a-alpha", "0.75");
    await wait(100);
    seen.typed = bigs();
    press($("a-alpha"), "ArrowUp");
    seen.arrow = $("a-alpha").value;
    set("a-alpha", "much");
    seen.wrong = [$("a-alpha-says").textContent, $("a-alpha").getAttribute("aria-invalid")];
    set("a-alpha", "-3");
    await wait(100);
    seen.outside = [bigs(), document.querySelector("#bars .note").textContent];
    set("a-alpha", "1.0");
    set("mult_adds", "200M");
    await wait(100);
    seen.over = [...document.querySelectorAll(".say, .big.over")].map(e => e.textContent);
    seen.hatched = getComputedStyle(document.querySelector(".meter i.over")).backgroundImage.slice(0, 25);
    seen.colours = {};
    for (const theme of ["light", "dark"]) {
      document.documentElement.dataset.theme = theme;
      seen.colours[theme] = [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color];
      seen.widths.push(fits());
    }
    for (const radio of document.querySelectorAll("input[value=layer], input[value=params]")) radio.click();
    await wait(200);
    seen.rows = document.querySelectorAll("#table tbody tr").length;
    seen.sum = [...document.querySelectorAll("#table tbody tr")].reduce((n, tr) => n + Number(tr.lastChild.textContent.replaceAll(",", "")), 0);
    const add = [...document.querySelectorAll("button")].find(b => b.textContent.startsWith("+ Compare"));
    if (add) add.click();
    await wait(300);
    seen.two = bigs().length;
    seen.widths.push(fits());
    seen.terms = document.querySelectorAll("#form math").length;
    seen.labels = [...document.querySelectorAll("input, select, textarea")].filter(e => !e.labels?.length && !e.getAttribute("aria-label")).map(e => e.id || e.type);
    const order = [...document.querySelectorAll("h1, h2, h3")].map(e => Number(e.tagName[1]));
    seen.headings = order.every((level, k) => k === 0 ? level === 1 : level <= order[k - 1] + 1);
    Object.defineProperty(navigator, "clipboard", {value: {writeText: async text => { seen.copied = text; }}, configurable: true});
    $("csv").click();
    seen.csv = seen.copied.split("\n").slice(0, 3);
    $("markdown").click();
    seen.markdown = seen.copied.split("\n").slice(0, 5);
  } catch (e) { seen.error = String(e.stack || e); }
  const told = JSON.stringify(seen);
  if (parent !== window) { parent.postMessage(told, "*"); return; }
  document.body.append(Object.assign(document.createElement("pre"), {id: "verdict", textContent: told}));
})();
