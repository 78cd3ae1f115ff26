// Runs the interpreter at the points of the data and writes what isn't as it should be into the element `verdict`.
"use strict";
(async () => {
  const verdict = [];
  const plain = x => typeof x === "bigint" ? String(x) : x;
  try {
    for (const {network, points} of (await costcalc.read()).networks) {
      const told = {name: network.name, wrong: [], refused: 0, counts: 0, ms: 0};
      for (const [texts, wanted, stages] of points) {
        const given = new Map(Object.entries(texts)), start = performance.now();
        const found = costcalc.count(network, given);
        told.ms += performance.now() - start;
        if (wanted === null) {
          if (!found.problem) told.wrong.push([texts, null, found.outputs]);
          continue;
        }
        if (found.problem) { told.refused += 1; told.why = [texts, found.problem]; continue; }
        told.counts += 1;
        const totals = costcalc.count(network, given, "totals"), exact = costcalc.count(network, given, "rows", true);
        for (const {outputs} of [found, totals, exact]) {
          const mine = [outputs.params, outputs.mult_adds].map(plain);
          if (String(mine) !== String(wanted)) told.wrong.push([texts, wanted, mine]);
        }
        for (const run of stages ? [found, exact] : []) {
          const rows = costcalc.grouped(run.rows, "stage")
            .map(r => [r.name, r.n, r.shape.map(plain), plain(r.params), plain(r.mult_adds)]);
          if (JSON.stringify(rows) !== JSON.stringify(stages)) told.wrong.push([texts, stages, rows]);
        }
      }
      verdict.push(told);
    }
  } catch (e) { verdict.push(String(e.stack || e)); }
  const pre = document.createElement("pre");
  pre.id = "verdict";
  pre.textContent = JSON.stringify(verdict);
  document.body.append(pre);
})();
