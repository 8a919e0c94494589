/**
 * Loaded into every service (NODE_OPTIONS): its clock is ahead by the milliseconds in the file PROPERTY_CLOCK. What a
 * process goes by stands in PROPERTY_CLOCK.PID: what its main thread goes by, which signs and judges grants. Its other
 * threads look for themselves, some earlier.
 */
const { readFileSync, writeFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

const file = process.env.PROPERTY_CLOCK;
const RealDate = Date;
let offset;

function look() {
  let found = 0;
  try {
    found = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // Not moved yet.
  }
  if (found === offset) return;
  offset = found;
  if (isMainThread) writeFileSync(`${file}.${process.pid}`, String(offset));
}

if (file !== undefined) {
  look();
  setInterval(look, 200).unref();
  globalThis.Date = class Date extends RealDate {
    constructor(...parts) {
      if (parts.length === 0) super(RealDate.now() + offset);
      else super(...parts);
    }

    static now() {
      return RealDate.now() + offset;
    }
  };
}
