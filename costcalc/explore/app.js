// The page: what moves, and what is drawn when it has moved. Texts are text nodes; no markup is made of data.
"use strict";
(async () => {
const $ = id => document.getElementById(id);
const MATHML = new Set(["math", "mrow", "mi", "mn", "mo", "mtext", "msup", "msub", "mfrac", "mspace", "mtable", "mtr", "mtd"]);
const SPACES = {math: "http://www.w3.org/1998/Math/MathML", svg: "http://www.w3.org/2000/svg"};

/** An element with attributes (on…: a listener; style: an object; null: none) and children, texts among them. */
function h(tag, attributes = {}, ...children) {
  const space = MATHML.has(tag) ? SPACES.math : ["svg", "path", "line"].includes(tag) ? SPACES.svg : null;
  const made = space ? document.createElementNS(space, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [k, v] of Object.entries(value)) made.style.setProperty(k, v);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter(c => c !== null && c !== undefined));
  return made;
}
const put = (element, ...children) => element.replaceChildren(...children.flat(Infinity).filter(c => c !== null));

/** MathML from a tree; what is no element of it is a text. */
const typeset = ([tag, attributes, ...children]) => h(MATHML.has(tag) && tag !== "math" ? tag : "mrow",
  tag === "mspace" && /^[.\d]+em$/.test(attributes.width) ? {width: attributes.width}
    : tag === "mo" && "()[]⌈⌉⌊⌋,".includes(children[0]) ? {lspace: "0", rspace: children[0] === "," ? ".2em" : "0", stretchy: "false"} : {},
  children.map(c => typeof c === "string" ? c : typeset(c)));

// -- numbers as people read them

const full = x => x.toLocaleString("en-US");
const signed = x => full(x).replace("-", "−");
const percent = x => x >= 0.9995 ? `${full(Math.round(100 * x))} %` : x >= 0.0995 ? `${(100 * x).toFixed(1)} %` : `${+(100 * x).toPrecision(2)} %`;
function short(x) {
  for (const [unit, size] of [["T", 1e12], ["G", 1e9], ["M", 1e6], ["k", 1e3]]) {
    if (Number(x) >= size * 0.9995) return `${+(Number(x) / size).toPrecision(3)} ${unit}`;
  }
  return String(x);
}
/** 300M, 4.2 M, 3,000,000; null for what is none. */
function figure(text) {
  const found = /^\s*(\d[\d,]{0,20}(?:\.\d{1,9})?)\s*([kKMGBT]?)\s*$/.exec(text);
  const value = found && Number(found[1].replaceAll(",", "")) * {"": 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, B: 1e9, T: 1e12}[found[2]];
  return value > 0 ? value : null;
}
const sizes = ([channels, ...size]) => {
  const [a, b] = size;
  if (!size.length || size.every(x => Number(x) === 1)) return full(channels);
  return `${size.length === 2 && a === b ? `${full(a)}²` : size.map(full).join("×")} × ${full(channels)}`;
};

// -- state

let data;
try { data = await costcalc.read(); } catch (e) { $("broken").hidden = false; throw e; }
const networks = data.networks, SLOTS = ["a", "b"];
const COLUMNS = new Map([["mult_adds", "mult-adds"], ["params", "params"]]);
const state = {a: null, b: null, show: "mult_adds", by: "stage", mult_adds: "", params: ""};
const at = (i, texts = {}) => ({i, given: new Map(Object.entries(texts))});
const network = slot => networks[state[slot].i];
const parameter = (net, name) => net.parameters.find(p => p.name === name);

/** Whether a text may be a value: of a choice one of these, else a number. */
const allowed = (p, text) => p.choices ? p.choices.includes(text) : text.length <= 60 && costcalc.number(text) !== null;

function toHash() {
  const found = [];
  for (const slot of SLOTS) {
    if (!state[slot]) continue;
    found.push([slot, network(slot).name]);
    for (const [name, text] of state[slot].given) found.push([`${slot}.${name}`, text]);
  }
  for (const name of COLUMNS.keys()) if (state[name]) found.push([name, state[name]]);
  if (state.show !== "mult_adds") found.push(["show", state.show]);
  if (state.by !== "stage") found.push(["by", state.by]);
  return `#${found.map(pair => pair.map(encodeURIComponent).join("=")).join("&")}`;
}

/** The state that the address holds; what isn't a network, a parameter or a value of this page is left out. */
function fromHash() {
  const pairs = [];
  for (const part of location.hash.slice(1, 8000).split("&")) {
    const equals = part.indexOf("=");
    try { pairs.push([part.slice(0, equals), part.slice(equals + 1)].map(decodeURIComponent)); } catch { /* no text */ }
  }
  const found = new Map(pairs), starts = data.starts.map(([i, texts]) => at(i, texts));
  for (const [k, slot] of SLOTS.entries()) {
    const i = networks.findIndex(n => n.name === found.get(slot));
    state[slot] = i >= 0 ? at(i) : (found.has("a") && slot === "b") ? null : starts[k] || null;
    if (!state[slot]) continue;
    for (const p of network(slot).parameters) {
      const text = found.get(`${slot}.${p.name}`);
      if (text !== undefined && allowed(p, text)) state[slot].given.set(p.name, text);
    }
  }
  for (const name of COLUMNS.keys()) state[name] = figure(found.get(name) || "") ? found.get(name).trim() : "";
  state.show = found.get("show") === "params" ? "params" : "mult_adds";
  state.by = found.get("by") === "layer" ? "layer" : "stage";
}

/** What is set, as a command. */
function command(slot) {
  const net = network(slot), parts = [`costcalc show ${net.command}`];
  const word = text => /^[\w.+/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  for (const [name, text] of state[slot].given) {
    const p = parameter(net, name);
    if (p.follows || text !== p.value) parts.push(p.option + word(text));
  }
  for (const [option, text] of net.given) parts.push(option + word(text));
  return parts.join(" ");
}

// -- the controls of a network

const controls = {a: null, b: null};

function build(slot) {
  const place = $(`slot-${slot}`);
  if (!state[slot]) {
    controls[slot] = null;
    put(place, h("button", {type: "button", onclick: () => { state.b = at(state.a.i); build("b"); draw(); }}, "+ Compare with another"));
    return;
  }
  const net = network(slot), fields = new Map();
  const main = net.parameters.filter(p => p.main), others = net.parameters.filter(p => !p.main);
  const [shown, folded] = main.length ? [main, others] : [others, []];
  const close = slot === "b" ? h("button", {type: "button", "aria-label": "Without the second network",
    onclick: () => { state.b = null; build("b"); draw(); }}, "×") : null;
  const fixed = Object.entries(net.fixed).map(([name, text]) => `${name} ${text}`).join(", ");
  put(place,
    h("div", {class: "which"}, chooser(slot), close),
    net.variants.length ? chips(slot, net) : null,
    shown.map(p => field(slot, p, fields)),
    folded.length ? h("details", {}, h("summary", {}, `${folded.length} more parameter${folded.length === 1 ? "" : "s"}`), folded.map(p => field(slot, p, fields))) : null,
    fixed ? h("p", {class: "note"}, `Fixed on this page: ${fixed}. `, "A page with others: ", h("code", {}, `costcalc explore ${net.command} --set NAME=VALUE`)) : null);
  controls[slot] = {fields, chips: [...place.querySelectorAll(".chips button")]};
}

const MANY = 12;
function chooser(slot) {
  const name = slot === "a" ? "Network" : "Second network";
  const take = (i, texts) => { state[slot] = at(i, texts); build(slot); draw(); };
  if (networks.length === 1) return h("strong", {}, network(slot).title);
  if (networks.length <= MANY) {
    const chosen = h("select", {"aria-label": name, onchange: () => take(Number(chosen.value))},
      networks.map((n, i) => h("option", {value: i, selected: i === state[slot].i}, n.title)));
    return chosen;
  }
  return search(slot, name, (i, texts) => { take(i, texts); $(`slot-${slot}`).querySelector("input").focus(); });
}

const plain = text => text.toLowerCase().replace(/[-_.\s]/g, "");
function search(slot, name, take) {
  const net = network(slot), list = h("ul", {class: "found", hidden: true, id: `found-${slot}`});
  const input = h("input", {type: "search", "aria-label": `${name}: search ${networks.length} networks`, value: net.title,
    autocomplete: "off", spellcheck: "false", "aria-controls": list.id, "aria-expanded": "false", role: "combobox"});
  const open = on => { list.hidden = !on; input.setAttribute("aria-expanded", on); };
  const result = (i, texts, title, told) => h("li", {}, h("button", {type: "button", onclick: () => { open(false); take(i, texts); }},
    title, h("span", {}, told)));
  const fill = text => {
    const words = text.split(/[\s,]+/).map(plain).filter(Boolean), has = hay => words.every(w => hay.includes(w)), found = [];
    networks.forEach((n, i) => {
      const own = plain([n.name, n.title, n.about].join(" "));
      if (has(own)) found.push(result(i, {}, n.title, `${n.told} ${n.about}`.trim()));
      else for (const v of n.variants) if (words.length && has(plain(v.name))) found.push(result(i, v.values, v.name, n.title));
    });
    put(list, found.length ? found.slice(0, 200) : [h("li", {class: "note"}, "no network is called so")]);
    if (text && text !== net.title) tell(`${found.length} found`);
  };
  input.addEventListener("focus", () => { input.select(); fill(""); open(true); });
  input.addEventListener("input", () => { fill(input.value); open(true); });
  const box = h("div", {style: {flex: "1", "min-width": "0"}, onkeydown: e => {
    const all = [input, ...list.querySelectorAll("button")], k = all.indexOf(document.activeElement);
    const to = e.key === "ArrowDown" ? k + 1 : e.key === "ArrowUp" ? k - 1 : -1;
    if (e.key === "Escape") { open(false); input.value = net.title; input.blur(); }
    else if (e.key === "Enter" && k === 0 && all[1]) { e.preventDefault(); all[1].click(); }
    else if (to >= 0 && to < all.length && !list.hidden) { e.preventDefault(); all[to].focus(); if (!to) open(true); }
  }, onfocusout: e => { if (!box.contains(e.relatedTarget)) { open(false); input.value = net.title; } }}, input, list);
  return box;
}

const SOME = 14;
function chips(slot, net) {
  const all = [{label: "defaults", name: net.name, values: {}}, ...net.variants], box = h("div", {class: "chips", role: "group", "aria-label": "Published variants"});
  const made = all.map(v => {
    const chip = h("button", {type: "button", title: v.name, onclick: () => {
      state[slot].given = new Map(Object.entries(v.values));
      draw();
    }}, v.label);
    chip.values = v.values;
    return chip;
  });
  if (made.length > SOME + 2) {
    for (const chip of made.slice(SOME)) chip.hidden = true;
    made.push(h("button", {type: "button", onclick: e => { made.forEach(c => c.hidden = false); e.target.remove(); }}, `${all.length - SOME} more`));
  }
  put(box, made);
  return box;
}

function field(slot, p, fields) {
  const id = `${slot}-${p.name}`, set = text => {
    const given = state[slot].given, own = p.follows ? null : p.value;
    if (text === own || text === null) given.delete(p.name); else given.set(p.name, text);
    draw();
  };
  const name = p.symbol.length === 1 ? h("i", {}, p.symbol) : h("b", {}, p.symbol);
  const label = h("label", {for: id}, name, p.symbol === p.name ? null : h("span", {}, ` ${p.name}`), p.doc ? h("span", {class: "doc", title: p.doc}, ` ${p.doc}`) : null);
  const says = h("div", {class: "says", id: `${id}-says`, hidden: true});
  if (p.choices) {
    const select = h("select", {id, onchange: () => set(select.value)}, p.choices.map(c => h("option", {value: c}, c)));
    fields.set(p.name, {p, select, says});
    return h("div", {class: "p"}, h("div", {class: "top"}, label, select), says);
  }
  const steps = Math.max(0, -Math.round(Math.log10(p.step)));
  const textOf = x => p.whole ? String(Math.round(x)) : decimal(x, steps);
  const input = h("input", {id, inputmode: "decimal", autocomplete: "off", spellcheck: "false", maxlength: "60", "aria-describedby": says.id,
    onchange: () => typed(), oninput: () => typed(), onkeydown: e => {
      const by = {ArrowUp: 1, ArrowDown: -1}[e.key], x = Number(input.value);
      if (by && Number.isFinite(x)) { e.preventDefault(); input.value = textOf(x + by * p.step); typed(); }
    }});
  const typed = () => {
    const text = input.value.trim();
    if (allowed(p, text)) { mark(""); set(text); } else mark(`${text === "" ? "nothing" : "this"} is no number`);
  };
  const mark = text => { says.textContent = text; says.hidden = !text; says.classList.toggle("error", Boolean(text)); input.setAttribute("aria-invalid", Boolean(text)); };
  const range = h("input", {type: "range", min: p.low, max: p.high, step: p.step, "aria-label": `${p.name}, slider`,
    oninput: () => { mark(""); set(textOf(Number(range.value))); }, onkeydown: e => {
      const numbers = p.ticks.map(Number), now = Number(fields.get(p.name).now), last = numbers.length - 1;
      const k = e.key === "PageUp" ? numbers.findIndex(x => x > now) : e.key === "PageDown" ? last - [...numbers].reverse().findIndex(x => x < now) : -1;
      if ((e.key === "PageUp" && k >= 0) || (e.key === "PageDown" && k <= last)) { e.preventDefault(); set(p.ticks[k]); }
    }});
  const follow = p.follows ? h("button", {type: "button", class: "follow", hidden: true, title: "Follow the other parameters again",
    onclick: () => { mark(""); set(null); input.focus(); }}, "follow") : null;
  const share = x => (Number(x) - p.low) / (p.high - p.low || 1);
  const ticks = h("div", {class: "ticks"}, spread(p, share).map(text => h("button", {type: "button", tabindex: "-1",
    style: {left: `${100 * share(text)}%`}, onclick: () => { mark(""); set(text); }}, text.replace(/\.0$/, ""))));
  const curve = h("svg", {class: "curve", viewBox: "0 0 100 30", preserveAspectRatio: "none", "aria-hidden": "true"});
  const box = h("div", {class: "p"}, h("div", {class: "top"}, label, follow, input), says, curve, range, ticks);
  fields.set(p.name, {p, input, range, follow, box, curve, share, mark, says, ticks: [...ticks.children]});
  return box;
}

function decimal(x, digits) {
  const text = x.toFixed(digits);
  return /\./.test(text) ? text.replace(/0+$/, "").replace(/\.$/, ".0") : `${text}.0`;
}

/** The declared values that a slider has room to name: the default first, then from the ends inwards. */
function spread(p, share) {
  const inside = p.ticks.filter(t => share(t) >= 0 && share(t) <= 1), kept = [];
  const order = [p.value, ...inside.filter((_, k) => k === 0 || k === inside.length - 1), ...inside];
  for (const text of order) {
    if (!inside.includes(text) || kept.includes(text)) continue;
    if (kept.every(other => Math.abs(share(other) - share(text)) > 0.05 + 0.012 * (other.length + text.length))) kept.push(text);
  }
  return inside.filter(t => kept.includes(t));
}

/** Fields, sliders and chips as the state has them. */
function show(slot, found) {
  const {fields, chips} = controls[slot], given = state[slot].given, texts = found.texts || costcalc.textsAt(network(slot), given);
  for (const [name, f] of fields) {
    const text = texts.get(name);
    if (f.select) { f.select.value = text; continue; }
    f.now = text;
    if (text !== null && document.activeElement !== f.input) { f.input.value = text; f.mark(""); }
    const x = Number(text === null ? NaN : text.includes("/") ? text.split("/")[0] / text.split("/")[1] : text);
    if (Number.isFinite(x)) { f.range.value = x; f.x = x; }
    f.range.setAttribute("aria-valuetext", text ?? "");
    const own = f.p.follows && !given.has(name);
    f.box.classList.toggle("follows", own);
    if (f.follow) f.follow.hidden = own;
    for (const tick of f.ticks) tick.classList.toggle("on", Number(tick.textContent) === x);
  }
  for (const chip of chips) {
    if (!chip.values) continue;
    const same = Object.entries(chip.values).every(([name, text]) => same_number(texts.get(name), text));
    const only = [...given].every(([name, text]) => same_number(chip.values[name] ?? parameter(network(slot), name).value, text));
    chip.setAttribute("aria-pressed", same && only);
  }
}
const same_number = (a, b) => a === b || (a !== null && b !== null && a !== "" && Number(a) === Number(b));

// -- curves above the sliders: the total against that parameter, from 0

const POINTS = 48;
let drawing = 0;
async function curves(round) {
  const limit = figure(state[state.show]);
  for (const slot of SLOTS) {
    if (!controls[slot]) continue;
    const net = network(slot), given = state[slot].given;
    let last = performance.now();
    for (const [name, f] of controls[slot].fields) {
      if (!f.curve || !f.box.offsetParent) continue;
      const {low, high, whole} = f.p, n = whole ? Math.min(POINTS, high - low) : POINTS, points = [];
      for (let k = 0; k <= n; k++) {
        const x = whole ? Math.round(low + (high - low) * k / (n || 1)) : low + (high - low) * k / n;
        const found = costcalc.count(net, new Map(given).set(name, whole ? String(x) : costcalc.text(x)), "totals");
        points.push([100 * f.share(x), found.problem ? null : Number(found.outputs[state.show])]);
        if (performance.now() - last > 12) {
          await new Promise(done => setTimeout(done));
          if (round !== drawing) return;
          last = performance.now();
        }
      }
      curve(f, points, limit);
    }
  }
}

function curve(f, points, limit) {
  const known = points.filter(([, y]) => y !== null), top = Math.max(1, ...known.map(([, y]) => y));
  const high = y => (30 - 28 * y / top).toFixed(2), cut = limit && limit < top ? limit : null;
  const path = (chosen, from = "M") => chosen.map(([x, y], k) => `${k ? "L" : from}${x.toFixed(2)} ${high(y)}`).join("");
  const pieces = [];
  let before = null;
  for (const point of points) {
    if (point[1] === null) { before = null; continue; }
    const over = limit !== null && point[1] > limit;
    if (!before || pieces.at(-1).over !== over) pieces.push({over, points: before ? [before] : []});
    pieces.at(-1).points.push(point);
    before = point;
  }
  const here = 100 * f.share(f.x);
  put(f.curve,
    known.length ? h("path", {class: "area", d: `${path(known)}L${known.at(-1)[0]} 30L${known[0][0]} 30Z`}) : null,
    cut ? h("line", {class: "limit", x1: 0, x2: 100, y1: high(cut), y2: high(cut)}) : null,
    pieces.map(p => h("path", {class: p.over ? "over" : null, d: path(p.points)})),
    here >= 0 && here <= 100 ? h("line", {class: "here", x1: here, x2: here, y1: 30, y2: 4}) : null);
}

// -- what is drawn

const head = (r, two) => two ? [h("h3", {}, `${r.slot.toUpperCase()} ${r.net.title}`)] : [];
const side = (r, two, ...children) => h("div", {"data-k": r.slot}, head(r, two), children.flat());
const refused = r => h("p", {class: "note"}, `Outside of the form: ${r.problem}. `, h("code", {}, command(r.slot)), " has it, or says what is wrong.");

function totals(results, two) {
  put($("totals"), [...COLUMNS].map(([column, name]) => {
    const limit = figure(state[column]), values = results.map(r => r.problem ? null : r.outputs[column]);
    const most = Math.max(1, limit || 0, ...values.map(v => Number(v || 0))), top = limit ? Math.max(most, limit * 1.03) : most;
    const over = v => limit !== null && v !== null && Number(v) > limit;
    return h("div", {}, h("h3", {}, name),
      results.map((r, k) => h("div", {class: `big ${r.slot}${over(values[k]) ? " over" : ""}`, "data-k": r.slot},
        two ? h("small", {}, r.slot.toUpperCase()) : null, values[k] === null ? "–" : full(values[k]),
        k && values[0] && values[k] ? h("em", {}, ` ${+(Number(values[k]) / Number(values[0])).toPrecision(3)} × A`) : null)),
      h("div", {class: "meter"}, values.map((v, k) => h("i", {"data-k": results[k].slot, class: over(v) ? "over" : null,
        style: {width: `${100 * Number(v || 0) / top}%`}})), limit ? h("u", {style: {left: `calc(${100 * limit / top}% - 1px)`}}) : null),
      values.map((v, k) => limit && v !== null ? h("div", {class: "say"}, two ? `${results[k].slot.toUpperCase()} ` : null,
        over(v) ? h("span", {class: "over"}, `over by ${short(Number(v) - limit)}, ${percent(Number(v) / limit - 1)}`) : `${percent(Number(v) / limit)} of ${short(limit)}`) : null));
  }));
  const bad = [...COLUMNS.keys()].some(c => $(c).value.trim() && figure($(c).value) === null);
  $("wrong").textContent = bad ? "a figure such as 300M or 4.2M" : "";
  put($("mini"), results.map(r => h("span", {}, two ? `${r.slot.toUpperCase()} ` : null, [...COLUMNS].map(([c, name]) => {
    const limit = figure(state[c]), v = r.problem ? null : r.outputs[c];
    return h("span", {class: limit !== null && v !== null && Number(v) > limit ? "over" : null}, v === null ? "– " : `${short(v)} `, h("small", {}, `${name} `));
  }))));
}

function bars(results, two) {
  const column = state.show, top = Math.max(1, ...results.flatMap(r => (r.stages || []).map(s => Number(s[column]))));
  put($("bars"), results.map(r => side(r, two, r.problem ? refused(r) : h("ol", {class: "bars"}, r.stages.map(s => h("li", {},
    h("span", {class: "l"}, h("span", {title: s.name}, s.name), two ? null : h("em", {}, sizes(s.shape))),
    h("span", {class: "v"}, h("i", {style: {width: `calc((100% - 10.4rem) * ${(Number(s[column]) / top).toFixed(5)})`}}),
      h("span", {}, full(s[column]), Number(s[column]) ? h("em", {}, ` ${percent(Number(s[column]) / Number(r.outputs[column]))}`) : null))))))));
}

const colour = kind => /^conv 1x1/.test(kind) ? "--k1" : /^conv dw/.test(kind) ? "--k2" : /^conv/.test(kind) ? "--k3" : /^(fc|linear)/.test(kind) ? "--k4" : "--k5";
function kinds(results, two) {
  const column = state.show;
  put($("kinds"), results.map(r => {
    if (r.problem) return side(r, two);
    const found = costcalc.grouped(r.rows, "kind").filter(k => Number(k[column])).sort((x, y) => Number(y[column]) - Number(x[column]));
    const seen = new Map(), all = Number(r.outputs[column]);
    for (const k of found) {
      const hue = colour(k.kind), n = seen.get(hue) || 0;
      seen.set(hue, n + 1);
      k.colour = `color-mix(in srgb, var(${hue}) ${Math.max(40, 100 - 28 * n)}%, var(--bg))`;
      k.share = Number(k[column]) / all;
    }
    return side(r, two, h("div", {class: "stack", "aria-hidden": "true"}, found.map(k => h("i", {title: k.kind, style: {flex: `${k.share} 0 0`, background: k.colour}}))),
      h("ul", {class: "key"}, found.map(k => h("li", {}, h("i", {style: {background: k.colour}}), k.kind, h("em", {}, ` ${percent(k.share)}`)))));
  }));
}

const DROPPED = {make_divisible: "channels", ceil: "repeats", floor: "repeats", round: "numbers", sizes: "sizes"}, LARGEST = 8;
function form(results, two) {
  put($("form"), results.map(r => {
    if (r.problem) return side(r, two);
    const smooth = r.at.smooth, column = state.show;
    if (!smooth.program) return side(r, two, h("p", {class: "note"}, "No closed form with few terms here."));
    const elsewhere = r.net.parameters.filter(p => !r.net.cased.includes(p.name) && !smooth.free.includes(p.name) && !same_number(r.texts.get(p.name), smooth.at[p.name] ?? p.value));
    if (elsewhere.length) {
      return side(r, two, h("p", {class: "note"}, `The closed form here is for ${elsewhere.map(p => `${p.name} ${smooth.at[p.name] ?? p.value}`).join(", ")}. `,
        h("code", {}, command(r.slot).replace("costcalc show", "costcalc formula")), " has the one of this point."));
    }
    const numbers = costcalc.termsAt(r);
    if (!numbers || numbers.get(column).some(x => !Number.isFinite(x))) return side(r, two, h("p", {class: "note"}, "The closed form has no number here."));
    return side(r, two, terms(r, smooth, numbers.get(column), column));
  }));
}

function terms(r, smooth, numbers, column) {
  const exact = Number(r.outputs[column]), sum = numbers.reduce((x, y) => x + y, 0), top = Math.max(1, ...numbers.map(Math.abs));
  let order = numbers.map((_, k) => k), rest = null;
  if (order.length > LARGEST + 1) {
    order = order.sort((x, y) => Math.abs(numbers[y]) - Math.abs(numbers[x])).slice(0, LARGEST).sort((x, y) => x - y);
    rest = sum - order.reduce((x, k) => x + numbers[k], 0);
  }
  const row = k => {
    const [tag, attributes, ...children] = smooth.terms[column][k], sign = children[0]?.[0] === "mo" && /^[+−]$/.test(children[0][2]) ? children[0][2] : "+";
    const body = typeset([tag, attributes, ...(children[0]?.[0] === "mo" ? children.slice(1) : children)]);
    return h("tr", {}, h("td", {class: "m"}, h("math", {displaystyle: "true"}, h("mo", {form: "infix", style: k === order[0] && sign === "+" ? {visibility: "hidden"} : {}}, sign), body)),
      h("td", {class: "s"}, h("i", {class: numbers[k] < 0 ? "less" : null, style: {width: `${100 * Math.abs(numbers[k]) / top}%`}})),
      h("td", {class: "r"}, signed(Math.round(numbers[k]))));
  };
  const last = (name, ...cells) => h("tr", {class: name}, ...cells);
  const dropped = [...new Set(smooth.dropped.map(d => DROPPED[d] || d))].join(", "), by = exact - sum;
  const beyond = Object.entries(smooth.bounds).filter(([name, [low, high]]) => { const x = Number(r.texts.get(name)); return x < low || x > high; });
  return [
    h("table", {class: "form"}, h("tbody", {}, order.map(row),
      rest === null ? null : last("", h("td", {class: "m"}, `${numbers.length - LARGEST} smaller terms`), h("td"), h("td", {class: "r"}, signed(Math.round(rest)))),
      last("sum", h("th", {scope: "row", colspan: 2}, dropped ? `rounding of ${dropped}` : "rounding"),
        h("td", {class: "r"}, Math.abs(by) < 0.5 ? "0" : `${by < 0 ? "−" : "+"}${full(Math.abs(Math.round(by)))}`,
          Math.abs(by) < 0.5 || !sum ? null : h("small", {class: "pc"}, ` ${by < 0 ? "−" : "+"}${percent(Math.abs(by / sum))}`))),
      last("all", h("th", {scope: "row", colspan: 2}, "exact count"), h("td", {class: "r"}, full(r.outputs[column]))))),
    smooth.symbols.length ? h("p", {class: "note"}, smooth.symbols.map(([symbol, means], k) => [k ? ", " : "", h("math", {}, typeset(symbol)), ` = ${means}`])) : null,
    beyond.length ? h("p", {class: "note"}, `The terms are those for ${beyond.map(([name, [low, high]]) => `${name} from ${low} to ${high}`).join(", ")}; beyond, what they miss is in the line of the rounding.`) : null,
  ];
}

function table(results, two) {
  const layers = state.by === "layer";
  put($("table"), results.map(r => r.problem ? side(r, two) : side(r, two, h("table", {class: "tab"},
    h("caption", {class: "sr"}, `${r.net.title} by ${state.by}`),
    h("thead", {}, h("tr", {}, h("th", {scope: "col"}, state.by), layers ? h("th", {scope: "col", class: two ? "hide narrow" : "hide"}, "kind") : null,
      h("th", {scope: "col", class: layers ? "hide" : null}, "output"), two ? null : h("th", {scope: "col", class: "r hide"}, layers ? "n" : "layers"),
      h("th", {scope: "col", class: "r"}, "params"), h("th", {scope: "col", class: "r"}, "mult-adds"))),
    h("tbody", {}, (layers ? r.rows : r.stages).map(s => h("tr", {}, h("th", {scope: "row"}, s.name), layers ? h("td", {class: "hide"}, s.kind) : null,
      h("td", {class: layers ? "hide" : null}, sizes(s.shape)), two ? null : h("td", {class: "r hide"}, full(s.n)),
      h("td", {class: Number(s.params) ? "r" : "r z"}, full(s.params)), h("td", {class: Number(s.mult_adds) ? "r" : "r z"}, full(s.mult_adds))))),
    h("tfoot", {}, h("tr", {}, h("th", {scope: "row"}, "total"), layers ? h("td", {class: "hide"}) : null, h("td", {class: layers ? "hide" : null}),
      two ? null : h("td", {class: "hide"}), h("td", {class: "r"}, full(r.outputs.params)), h("td", {class: "r"}, full(r.outputs.mult_adds))))))));
}

function commands() {
  put($("commands"), SLOTS.filter(slot => state[slot]).map(slot => h("div", {class: "command"}, h("code", {}, command(slot)),
    h("button", {type: "button", "aria-label": `Copy the command${slot === "b" ? " of B" : ""}`, onclick: () => copy(command(slot))}, "Copy"))));
}

// -- when something has moved

let results = [], soon = 0, later = 0, spoken = 0;
function draw() {
  const start = performance.now(), round = ++drawing;
  results = SLOTS.filter(slot => state[slot]).map(slot => {
    const found = costcalc.count(network(slot), state[slot].given);
    return {slot, net: network(slot), ...found, stages: found.problem ? null : costcalc.grouped(found.rows, "stage")};
  });
  const two = results.length > 1;
  document.body.classList.toggle("two", two);
  for (const r of results) show(r.slot, r);
  totals(results, two);
  bars(results, two);
  kinds(results, two);
  document.documentElement.dataset.first = (performance.now() - start).toFixed(1);
  clearTimeout(soon);
  soon = setTimeout(() => {
    form(results, two);
    table(results, two);
    commands();
    for (const what of document.querySelectorAll(".what")) what.textContent = COLUMNS.get(state.show);
    document.documentElement.dataset.all = (performance.now() - start).toFixed(1);
    curves(round).then(() => { if (round === drawing) document.documentElement.dataset.drawn = (performance.now() - start).toFixed(1); });
  }, 24);
  clearTimeout(later);
  later = setTimeout(() => {
    if (round > 1) keep();
    document.title = `${results.map(r => r.net.title).join(" and ")} · costcalc`;
    tell(results.map(r => r.problem ? `${r.net.title}: outside of the form, ${r.problem}` : `${r.net.title}: ${[...COLUMNS].map(([c, name]) => {
      const limit = figure(state[c]);
      return `${short(r.outputs[c])} ${name}${limit === null ? "" : Number(r.outputs[c]) > limit ? ", over the budget" : ", within the budget"}`;
    }).join(", ")}`).join(". "));
  }, 250);
}
/** The address holds the state; browsers refuse to have it written too often. */
function keep() { try { history.replaceState(null, "", toHash()); } catch { /* the next time */ } }
function tell(text) {
  clearTimeout(spoken);
  spoken = setTimeout(() => { $("live").textContent = text; }, 50);
}

// -- copies

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    $("toast").textContent = "Copied";
    $("toast").classList.add("on");
    setTimeout(() => $("toast").classList.remove("on"), 1400);
  } catch {
    const area = $("dialog").querySelector("textarea");
    area.value = text;
    $("dialog").showModal();
    area.select();
  }
}
const rowsOf = r => state.by === "layer" ? r.rows : r.stages;
const point = r => r.net.parameters.map(p => `${p.name}=${r.texts.get(p.name)}`).join(" ");
function csv() {
  const cell = x => { const text = String(x); return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text; };
  const lines = [["network", "parameters", state.by, "layers", "output", "params", "mult_adds"]];
  for (const r of results.filter(r => !r.problem)) {
    for (const s of rowsOf(r)) lines.push([r.net.name, point(r), s.name, s.n, s.shape.join("x"), s.params, s.mult_adds]);
    lines.push([r.net.name, point(r), "total", "", "", r.outputs.params, r.outputs.mult_adds]);
  }
  return lines.map(line => line.map(cell).join(",")).join("\n") + "\n";
}
function markdown() {
  const cell = text => String(text).replace(/[|\\]/g, "\\$&").replace(/\s+/g, " ");
  return results.filter(r => !r.problem).map(r => [`**${cell(r.net.title)}**: ${cell(point(r))}`, "",
    `| ${state.by} | output | params | mult-adds |`, "|---|---|---:|---:|",
    ...rowsOf(r).map(s => `| ${cell(s.name)} | ${sizes(s.shape)} | ${full(s.params)} | ${full(s.mult_adds)} |`),
    `| **total** | | **${full(r.outputs.params)}** | **${full(r.outputs.mult_adds)}** |`, ""].join("\n")).join("\n");
}

// -- the page

$("link").onclick = () => { keep(); copy(location.href); };
$("csv").onclick = () => copy(csv());
$("markdown").onclick = () => copy(markdown());
$("theme").onclick = () => {
  const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
};
for (const name of COLUMNS.keys()) $(name).oninput = e => { state[name] = figure(e.target.value) === null ? "" : e.target.value.trim(); draw(); };
for (const radio of document.querySelectorAll("input[type=radio]")) radio.onchange = () => { state[radio.name] = radio.value; draw(); };
$("version").textContent = `costcalc ${data.version}.`;
put($("controls"), SLOTS.map(slot => h("div", {id: `slot-${slot}`, class: "slot", "data-k": slot})));
function start() {
  fromHash();
  for (const slot of SLOTS) build(slot);
  for (const name of COLUMNS.keys()) $(name).value = state[name];
  for (const radio of document.querySelectorAll("input[type=radio]")) radio.checked = state[radio.name] === radio.value;
  document.querySelector("main").hidden = false;
  draw();
}
addEventListener("hashchange", start);
addEventListener("toggle", () => curves(drawing), true);
new IntersectionObserver(seen => $("mini").classList.toggle("on", !seen[0].isIntersecting)).observe($("totals"));
start();
})();
