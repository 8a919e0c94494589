/**
 * Loaded into every service (NODE_OPTIONS): its clock is ahead by the milliseconds in the file PROPERTY_CLOCK. What a
 * process goes by stands in PROPERTY_CLOCK.PID.
 */
const { readFileSync, writeFileSync } = require('node:fs');

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
  writeFileSync(`${file}.${process.pid}`, String(offset));
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
