// The interpreter of a compiled form's record (docs/compiled-forms.md). A record is data: nothing of it becomes code.
//
// `quick` has ints and rationals as pairs of doubles and ends where one reaches 2**53; `exact` then does the same with
// BigInt. Both know ints from floats at every place, as the record's meaning depends on that.
"use strict";
const costcalc = {};
(() => {
const LIMIT = 2 ** 53, BITS = 1n << 4096n, MAX_EXPONENT = 64;
const NAMES = ["add", "sub", "mul", "div", "floor_div", "ceil_div", "mod", "pow", "sqrt", "floor", "ceil", "round",
  "min", "max", "make_divisible", "select", "less", "less_equal", "equal", "same", "and", "not", "whole", "small"];
const ARITY = [2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 3, 2, 2, 2, 2, 2, 1, 1, 1];
costcalc.arity = name => ARITY[NAMES.indexOf(name)];
const [ADD, SUB, MUL, DIV, FLOOR_DIV, CEIL_DIV, MOD, POW, SQRT, FLOOR, CEIL, ROUND, MIN, MAX, MAKE_DIVISIBLE, SELECT,
  LESS, LESS_EQUAL, EQUAL, SAME, AND, NOT, WHOLE, SMALL] = NAMES.keys();
const RATIONAL = 0, FLOAT = 1, CONDITION = 2;
class Outside extends Error {}
costcalc.Outside = Outside;

// -- numbers: {p, q} with BigInt (q is 1n: an int), a double (a float), true or false

const abs = x => x < 0n ? -x : x;
const bigGcd = (a, b) => { a = abs(a); b = abs(b); while (b) [a, b] = [b, a % b]; return a; };

/** p / q in its lowest terms; from a denominator of 2**53 on it is the float next to it. */
function ratio(p, q) {
  if (q === 0n) return ratio(0n, 1n);
  if (abs(p) >= BITS || abs(q) >= BITS) throw new Outside("a number of more than 1,000 digits");
  const g = q === 1n ? 1n : bigGcd(p, q) * (q < 0n ? -1n : 1n);
  const r = {p: p / g, q: q / g};
  return r.q >= BigInt(LIMIT) ? toFloat(r) : r;
}
const int = p => ratio(p, 1n);

/** The double next to p / q, halves to the even one. */
function toFloat(x) {
  if (typeof x === "number") return x;
  const {p, q} = x;
  if (q === 1n) return Number(p);
  if (abs(p) < BigInt(LIMIT) && q < BigInt(LIMIT)) return Number(p) / Number(q);
  // 64 bits of the quotient, the last of them 1 where there is a rest: Number rounds that as it would the whole.
  const shift = 64 - (abs(p).toString(2).length - q.toString(2).length);
  const [a, b] = shift >= 0 ? [abs(p) << BigInt(shift), q] : [abs(p), q << BigInt(-shift)];
  const bits = a / b | (a % b ? 1n : 0n);
  return Number(p < 0n ? -bits : bits) * 2 ** -shift;
}

/** A finite double as the rational that it is. */
function fromFloat(x) {
  let q = 1n;
  while (!Number.isInteger(x)) { x *= 2; q *= 2n; }
  return {p: BigInt(x), q};
}
const floorOf = (p, q) => { const d = p / q; return p % q !== 0n && (p < 0n) !== (q < 0n) ? d - 1n : d; };
const roundOf = (p, q) => {
  const twice = 2n * p + q, down = floorOf(twice, 2n * q);
  return twice % (2n * q) === 0n && down % 2n !== 0n ? down - 1n : down;
};
const intFrom = x => Number.isFinite(x) ? int(BigInt(x)) : int(0n);
function roundFloat(x) {
  const down = Math.floor(x), rest = x - down;
  return rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1;
}
function modFloat(a, b) {
  if (b === 0) return 0;
  const r = a % b;
  return r !== 0 && (r < 0) !== (b < 0) ? r + b : r;
}
/** -1, 0 or 1, exactly; NaN, which is none of them, where there is no order. */
function compared(a, b) {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : a === b ? 0 : NaN;
  for (const [x, sign] of [[a, 1], [b, -1]]) {
    if (typeof x === "number" && !Number.isFinite(x)) return sign * Math.sign(x);
  }
  const x = typeof a === "number" ? fromFloat(a) : a, y = typeof b === "number" ? fromFloat(b) : b;
  const d = x.p * y.q - y.p * x.q;
  return d < 0n ? -1 : d > 0n ? 1 : 0;
}
/** As the released code of make_divisible has it; NaN where it has nothing. */
function madeDivisible(v, d) {
  if (!(d > 0)) return NaN;
  const r = Math.max(d, Math.floor(Math.trunc(v + d / 2) / d) * d);
  return r < 0.9 * v ? r + d : r;
}

// -- powers of floats, whose last digit is the platform's own affair

const bits = new BigInt64Array(1), double = new Float64Array(bits.buffer);
/** How many doubles to go on from each power that isn't known; whether there was one. */
let nudge = 0, guessed = false;

function floatPower(a, b, known) {
  const found = known && known.get(`${a} ${b}`);
  if (found !== undefined) return found;
  if (a < 0 && !Number.isInteger(b)) return NaN;
  double[0] = Math.pow(a, b);
  if (b === 0 || b === 1 || a === 1 || a === 0 || !Number.isFinite(double[0])) return double[0];
  guessed = true;
  bits[0] += BigInt(nudge);
  return double[0];
}

// -- a record made ready

/** What the record is for the interpreter. Raises Error for what is none. */
costcalc.prepare = record => {
  const first = record.parameters.length, start = first + record.constants.length;
  const n = start + record.instructions.length;
  const program = {record, first, start, n, code: new Int32Array(4 * record.instructions.length),
    p: new Float64Array(n), q: new Float64Array(n).fill(1), kind: new Uint8Array(n), large: false, exact: []};
  record.constants.forEach((c, k) => {
    const at = first + k, x = constant(c);
    program.exact.push(x);
    if (typeof x === "boolean") { program.kind[at] = CONDITION; program.p[at] = +x; }
    else if (typeof x === "number") { program.kind[at] = FLOAT; program.p[at] = x; }
    else if (abs(x.p) >= BigInt(LIMIT)) program.large = true;
    else { program.p[at] = Number(x.p); program.q[at] = Number(x.q); }
  });
  record.instructions.forEach(([name, ...of], k) => {
    const op = NAMES.indexOf(name);
    if (op < 0 || of.length !== ARITY[op] || !of.every(i => Number.isInteger(i) && i >= 0 && i < start + k)) {
      throw new Error(`instruction ${k} is ${name} of ${of}`);
    }
    program.code.set([op, ...of], 4 * k);
  });
  const totals = [...Object.values(record.outputs), ...record.guards.map(g => g[0])];
  const all = [...totals, ...(record.rows || []).flatMap(r => Object.entries(r).flatMap(([k, v]) =>
    k === "shape" ? v : typeof v === "number" ? [v] : []))];
  program.steps = {totals: needed(program, totals), rows: needed(program, all)};
  program.defaults = record.parameters.map(name => Object.hasOwn(record.defaults || {}, name)
    ? {place: record.defaults[name], steps: needed(program, [record.defaults[name]])} : null);
  program.powers = new Map((record.powers || []).map(([a, b, r]) => [`${a} ${b}`, r]));
  return program;
};

function constant(c) {
  if (typeof c === "boolean") return c;
  if (c !== null && typeof c === "object") {
    if ("float" in c) return Number(c.float);
    const [p, q] = c.over.map(constant);
    return ratio(p.p, q.p);
  }
  return int(BigInt(c));
}

function needed(program, places) {
  const want = new Uint8Array(program.n), found = [];
  for (const place of places) want[place] = 1;
  for (let k = program.n - 1; k >= program.start; k--) {
    if (!want[k]) continue;
    found.push(k);
    const at = 4 * (k - program.start);
    for (let j = 1; j <= ARITY[program.code[at]]; j++) want[program.code[at + j]] = 1;
  }
  return Int32Array.from(found.reverse());
}

// -- ints and rationals as pairs of doubles

/** Whether all was below 2**53; the numbers are in program.p, q and kind then. */
function quick(program, numbers, steps) {
  const {code, p, q, kind, start, powers} = program;
  if (program.large) return false;
  for (let k = 0; k < program.first; k++) {
    const x = numbers[k];
    if (typeof x === "number") { kind[k] = FLOAT; p[k] = x; q[k] = 1; continue; }
    if (abs(x.p) >= BigInt(LIMIT)) return false;
    kind[k] = RATIONAL; p[k] = Number(x.p); q[k] = Number(x.q);
  }
  let at = 0, good = true;
  const whole = x => { p[at] = x; q[at] = 1; kind[at] = RATIONAL; if (!(x < LIMIT && x > -LIMIT)) good = false; };
  const rounded = x => whole(Number.isFinite(x) ? x : 0);
  const float = x => { p[at] = x; q[at] = 1; kind[at] = FLOAT; };
  const is = x => { p[at] = +x; q[at] = 1; kind[at] = CONDITION; };
  const over = (a, b) => {
    if (b === 0) return whole(0);
    if (!(Math.abs(a) < LIMIT && Math.abs(b) < LIMIT)) { good = false; return; }
    let x = Math.abs(a), y = Math.abs(b);
    while (y) [x, y] = [y, x % y];
    if (b < 0) x = -x;
    p[at] = a / x; q[at] = b / x; kind[at] = RATIONAL;
  };
  const number = k => p[k] / q[k];
  const copy = k => { p[at] = p[k]; q[at] = q[k]; kind[at] = kind[k]; };
  /** The sign of a - b. */
  const order = (i, j) => {
    if (q[i] === 1 && q[j] === 1) return p[i] - p[j] || (p[i] === p[j] ? 0 : NaN);
    if (kind[i] === FLOAT || kind[j] === FLOAT) { good = false; return 0; }
    const a = p[i] * q[j], b = p[j] * q[i];
    if (!(Math.abs(a) < LIMIT && Math.abs(b) < LIMIT)) good = false;
    return a - b;
  };
  for (let s = 0; s < steps.length && good; s++) {
    at = steps[s];
    const c = 4 * (at - start), op = code[c], i = code[c + 1], j = code[c + 2];
    const floats = kind[i] === FLOAT || (ARITY[op] === 2 && kind[j] === FLOAT);
    const ints = !floats && q[i] === 1 && (ARITY[op] !== 2 || q[j] === 1);
    switch (op) {
      case ADD: case SUB: {
        const sign = op === ADD ? 1 : -1;
        if (floats) float(number(i) + sign * number(j));
        else if (ints) whole(p[i] + sign * p[j]);
        else {
          const a = p[i] * q[j], b = p[j] * q[i];
          if (!(Math.abs(a) < LIMIT && Math.abs(b) < LIMIT)) good = false; else over(a + sign * b, q[i] * q[j]);
        }
        break;
      }
      case MUL:
        if (floats) float(number(i) * number(j));
        else if (ints) whole(p[i] * p[j]);
        else over(p[i] * p[j], q[i] * q[j]);
        break;
      case DIV:
        if (floats) float(number(i) / number(j)); else over(p[i] * q[j], q[i] * p[j]);
        break;
      case FLOOR_DIV: case CEIL_DIV: {
        const f = op === FLOOR_DIV ? Math.floor : Math.ceil;
        if (!floats && !ints) { good = false; break; }
        rounded(f(number(i) / number(j)));
        break;
      }
      case MOD:
        if (floats) float(modFloat(number(i), number(j)));
        else if (!ints) good = false;
        else rounded(p[i] - p[j] * Math.floor(p[i] / p[j]));
        break;
      case POW:
        if (floats || q[j] !== 1) float(floatPower(number(i), number(j), powers));
        else if (p[j] < 0 || p[j] >= MAX_EXPONENT) good = false;
        else {
          let a = 1, b = 1;
          for (let k = 0; k < p[j]; k++) { a *= p[i]; b *= q[i]; }
          over(a, b);
        }
        break;
      case SQRT: float(Math.sqrt(number(i))); break;
      case FLOOR: rounded(Math.floor(number(i))); break;
      case CEIL: rounded(Math.ceil(number(i))); break;
      case ROUND:
        if (q[i] !== 1 && Math.abs(p[i]) >= LIMIT / 4) good = false;
        else rounded(roundFloat(number(i)));
        break;
      case MIN: case MAX: {
        const d = order(i, j);
        copy((op === MIN ? d > 0 : d < 0) ? j : i);
        break;
      }
      case MAKE_DIVISIBLE: rounded(madeDivisible(number(i), number(j))); break;
      case SELECT: copy(p[i] ? j : code[c + 3]); break;
      case LESS: is(order(i, j) < 0); break;
      case LESS_EQUAL: is(order(i, j) <= 0); break;
      case EQUAL: is(order(i, j) === 0); break;
      case SAME: is(p[i] === p[j]); break;
      case AND: is(p[i] && p[j]); break;
      case NOT: is(!p[i]); break;
      case WHOLE: is(q[i] === 1 && Number.isInteger(p[i])); break;
      case SMALL: is(p[i] < LIMIT && p[i] > -LIMIT); break;
    }
  }
  return good;
}

// -- the same with BigInt

const isFloat = x => typeof x === "number";
function arithmetic(op, a, b) {
  if (isFloat(a) || isFloat(b)) {
    const x = toFloat(a), y = toFloat(b);
    switch (op) {
      case ADD: return x + y;
      case SUB: return x - y;
      case MUL: return x * y;
      case DIV: return x / y;
      case FLOOR_DIV: return intFrom(Math.floor(x / y));
      case CEIL_DIV: return intFrom(Math.ceil(x / y));
      default: return modFloat(x, y);
    }
  }
  switch (op) {
    case ADD: return ratio(a.p * b.q + b.p * a.q, a.q * b.q);
    case SUB: return ratio(a.p * b.q - b.p * a.q, a.q * b.q);
    case MUL: return ratio(a.p * b.p, a.q * b.q);
  }
  const p = a.p * b.q, q = a.q * b.p;
  if (q === 0n) return int(0n);
  switch (op) {
    case DIV: return ratio(p, q);
    case FLOOR_DIV: return int(floorOf(p, q));
    case CEIL_DIV: return int(-floorOf(-p, q));
    default: { const times = floorOf(p, q); return ratio(a.p * b.q - b.p * a.q * times, a.q * b.q); }
  }
}
function power(a, b, known) {
  if (isFloat(a) || isFloat(b) || b.q !== 1n) return floatPower(toFloat(a), toFloat(b), known);
  if (abs(b.p) >= BigInt(MAX_EXPONENT) || (a.p === 0n && b.p < 0n)) return int(0n);
  const p = a.p ** abs(b.p), q = a.q ** abs(b.p);
  return b.p < 0n ? ratio(q, p) : ratio(p, q);
}

function exact(program, numbers, steps) {
  const {code, start, powers} = program, v = [...numbers, ...program.exact];
  for (const at of steps) {
    const c = 4 * (at - start), op = code[c], a = v[code[c + 1]], b = v[code[c + 2]];
    switch (op) {
      case POW: v[at] = power(a, b, powers); break;
      case SQRT: v[at] = Math.sqrt(toFloat(a)); break;
      case FLOOR: v[at] = isFloat(a) ? intFrom(Math.floor(a)) : int(floorOf(a.p, a.q)); break;
      case CEIL: v[at] = isFloat(a) ? intFrom(Math.ceil(a)) : int(-floorOf(-a.p, a.q)); break;
      case ROUND: v[at] = isFloat(a) ? intFrom(roundFloat(a)) : int(roundOf(a.p, a.q)); break;
      case MIN: v[at] = compared(b, a) < 0 ? b : a; break;
      case MAX: v[at] = compared(b, a) > 0 ? b : a; break;
      case MAKE_DIVISIBLE: v[at] = intFrom(madeDivisible(toFloat(a), toFloat(b))); break;
      case SELECT: v[at] = a ? b : v[code[c + 3]]; break;
      case LESS: v[at] = compared(a, b) < 0; break;
      case LESS_EQUAL: v[at] = compared(a, b) <= 0; break;
      case EQUAL: v[at] = compared(a, b) === 0; break;
      case SAME: v[at] = a === b; break;
      case AND: v[at] = a && b; break;
      case NOT: v[at] = !a; break;
      case WHOLE: v[at] = isFloat(a) ? Number.isInteger(a) : a.q === 1n; break;
      case SMALL: v[at] = isFloat(a) ? Math.abs(a) < LIMIT : abs(a.p) < BigInt(LIMIT) * a.q; break;
      default: v[at] = arithmetic(op, a, b);
    }
  }
  return v;
}

// -- a point

/** A number as it is typed: an int without a point, a float with one, a rational p/q; null for what is none. */
costcalc.number = text => {
  if (/^[+-]?\d{1,300}$/.test(text)) return int(BigInt(text));
  const parts = /^([+-]?\d{1,15})\/(\d{1,15})$/.exec(text);
  if (parts) return BigInt(parts[2]) ? ratio(BigInt(parts[1]), BigInt(parts[2])) : null;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) || text.length > 60) return null;
  return Number.isFinite(Number(text)) ? Number(text) : null;
};

/** An int as a number, or as a BigInt from 2**53 on; what is none, as the double next to it. */
function told(x) {
  if (isFloat(x)) return x;
  return x.q === 1n && abs(x.p) >= BigInt(LIMIT) ? x.p : toFloat(x);
}

/** What `wanted` makes of the values, and the numbers; {problem} where a guard isn't met. */
function once(program, given, steps, wanted, onlyExact) {
  const numbers = given.map(x => x === null ? int(0n) : x);
  const all = (steps, numbers) => {
    if (!onlyExact && quick(program, numbers, steps)) {
      const {p, q, kind} = program;
      return {
        get: k => p[k] / q[k],
        number: k => kind[k] === FLOAT ? p[k] : {p: BigInt(p[k]), q: BigInt(q[k])},
        holds: k => p[k] !== 0,
      };
    }
    const v = exact(program, numbers, steps);
    return {get: k => told(v[k]), number: k => v[k], holds: k => v[k]};
  };
  // A default that follows others is one of those before it.
  given.forEach((x, k) => {
    if (x !== null) return;
    const {place, steps} = program.defaults[k];
    numbers[k] = all(steps, numbers).number(place);
  });
  const {get, holds} = all(steps, numbers);
  for (const [place, why] of program.record.guards) if (!holds(place)) return {problem: why};
  return {...wanted(get), numbers};
}

const plus = (a, b) => typeof a === "bigint" || typeof b === "bigint" || a + b >= LIMIT ? BigInt(a) + BigInt(b) : a + b;
costcalc.plus = plus;

/** Neighbours of one name are one row: n and kind of the first, shape of the last, the sum of the others. */
function merged(rows, {n, shape, name, stage, kind, ...columns}) {
  const last = rows.at(-1);
  if (last && last.name === name) {
    last.shape = shape;
    for (const [column, x] of Object.entries(columns)) last[column] = plus(last[column], x);
  } else rows.push({n, shape, name, stage, kind, ...columns});
  return rows;
}

/**
 * {outputs, rows, numbers} at `given`, or {problem}: never a number where a guard isn't met. A parameter that is null
 * has its default. `what` is totals or rows. `roughly`: the last digit of a power doesn't matter.
 */
costcalc.run = (program, given, what = "rows", onlyExact = false, roughly = false) => {
  const {record} = program, steps = program.steps[what];
  const wanted = get => ({
    outputs: Object.fromEntries(Object.entries(record.outputs).map(([name, k]) => [name, get(k)])),
    rows: what === "totals" ? [] : (record.rows || []).map(({name, stage, kind, shape, ...places}) => ({name, stage,
      kind, shape: shape.map(get), ...Object.fromEntries(Object.entries(places).map(([n, k]) => [n, get(k)]))}))
      .filter(row => row.n).reduce(merged, []),
  });
  const text = ({outputs, rows, problem}) => JSON.stringify([outputs, rows, problem],
    (_, v) => typeof v === "bigint" ? `${v}n` : v);
  try {
    nudge = 0; guessed = false;
    const found = once(program, given, steps, wanted, onlyExact);
    if (!guessed || found.problem || roughly) return found;
    // With the doubles on both sides of a power the counts are the same, or they aren't known here.
    const mine = text(found);
    for (nudge of [-1, 1]) {
      if (text(once(program, given, steps, wanted, onlyExact)) !== mine) {
        return {problem: "the last digit of a power decides here"};
      }
    }
    return found;
  } catch (e) {
    if (e instanceof Outside || e instanceof RangeError) return {problem: e.message};
    throw e;
  } finally { nudge = 0; }
};

/** A number as it is written: an int without a point, a float with one. */
costcalc.text = x => {
  if (!isFloat(x)) return x.q === 1n ? String(x.p) : `${x.p}/${x.q}`;
  return Number.isInteger(x) && Math.abs(x) < 1e16 ? `${x}.0` : String(x);
};
})();
