// A page's networks: packed records made ready, the numbers of texts, defaults that follow others, sums of rows.
"use strict";
(() => {
/** What page.py put into the element `data`. */
costcalc.read = async () => {
  const bytes = Uint8Array.from(atob(document.getElementById("data").textContent), c => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
};

/** The record that packing.py made small. */
costcalc.unpack = packed => {
  const first = packed.parameters.length + packed.constants.length, record = {...packed, instructions: []};
  let next = 0;
  for (const letter of packed.ops) {
    const name = packed.operations[letter.charCodeAt(0) - 97], at = first + record.instructions.length;
    const of = packed.of.slice(next, next += costcalc.arity(name));
    record.instructions.push([name, ...of.map(back => at - back)]);
  }
  if (!packed.names) return record;
  const names = [];
  for (const text of packed.names) {
    names.push((names.at(-1) || "").slice(0, text.charCodeAt(0) - 97) + text.slice(1));
  }
  const columns = new Map(Object.entries(packed.rows).map(([name, steps]) => {
    let at = 0;
    return [name, steps.map(step => at += step)];
  }));
  record.rows = names.map((name, k) => {
    const row = {name, stage: name.split(".")[0], kind: packed.kinds[k], shape: []};
    for (const [column, places] of columns) {
      if (!column.startsWith("shape.")) row[column] = places[k];
      else if (row.shape.length < packed.axes[k]) row.shape.push(places[k]);
    }
    return row;
  });
  return record;
};

/** The network's case for these texts, its records ready; null where there is none. */
function caseOf(network, texts) {
  const found = network.cases.find(c => c.at.every((text, k) => text === texts.get(network.cased[k])));
  if (!found) return null;
  if (!found.program) {
    found.program = costcalc.prepare(costcalc.unpack(found.record));
    found.smooth.program = found.smooth.record ? costcalc.prepare(costcalc.unpack(found.smooth.record)) : null;
  }
  return found;
}

/** A text for each parameter: what is given, or the default; null where that follows others. */
costcalc.textsAt = (network, given) =>
  new Map(network.parameters.map(p => [p.name, given.get(p.name) ?? (p.follows ? null : p.value)]));

/**
 * What `network` costs where `given` has texts of its parameters: {problem}, or {outputs, rows, numbers, texts}, with a
 * text for every parameter. `what` is rows, or totals alone.
 */
costcalc.count = (network, given, what = "rows", onlyExact = false) => {
  const texts = costcalc.textsAt(network, given), at = caseOf(network, texts);
  if (!at) return {problem: "no count is kept for these words"};
  const numbers = [];
  for (const name of at.program.record.parameters) {
    const text = texts.get(name), number = text === null ? null : costcalc.number(text);
    if (text !== null && number === null) return {problem: `${name} is no number`};
    numbers.push(number);
  }
  const found = costcalc.run(at.program, numbers, what, onlyExact);
  return found.problem ? found : {...found, at, texts: new Map([...texts].map(([name, text]) =>
    [name, text ?? costcalc.text(found.numbers[at.program.record.parameters.indexOf(name)])]))};
};

/** The numbers of the smooth form's terms: {params: [...], mult_adds: [...]}; null where it has none. */
costcalc.termsAt = found => {
  const {program, terms} = found.at.smooth;
  if (!program) return null;
  const {outputs, problem} = costcalc.run(program, found.numbers, "totals", false, true);
  if (problem) return null;
  return new Map(["params", "mult_adds"].map(c => [c, terms[c].map((_, k) => Number(outputs[`${c}.${k}`]))]));
};

/** Rows that are there, in groups: neighbours of one stage, or all of one kind. */
costcalc.grouped = (rows, by) => {
  const found = new Map();
  let last = null, number = 0;
  for (const row of rows) {
    if (by === "stage" && row.stage !== last) { last = row.stage; number += 1; }
    const key = by === "stage" ? number : row.kind, group = found.get(key);
    if (group) {
      for (const column of ["n", "params", "mult_adds"]) group[column] = costcalc.plus(group[column], row[column]);
      group.shape = row.shape;
    } else found.set(key, {...row, name: by === "stage" ? row.stage : row.kind});
  }
  return [...found.values()];
};
})();
