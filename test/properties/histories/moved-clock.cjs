/**
 * Loaded into every service (NODE_OPTIONS): its clock is ahead by the milliseconds in the file PROPERTY_CLOCK. What a
 * process goes by stands in PROPERTY_CLOCK.PID. Its main thread alone looks; all its threads move in the same moment.
 */
const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const { getEnvironmentData, isMainThread, setEnvironmentData } = require('node:worker_threads');

const file = process.env.PROPERTY_CLOCK;
const RealDate = Date;
const shared = 'milliseconds ahead';
/** Milliseconds, in memory that the threads share. */
let ahead;

function look() {
  let found = 0;
  try {
    found = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // Not moved yet.
  }
  if (found === ahead[0]) return;
  ahead[0] = found;
  announce();
}

/** In one step: who reads it meanwhile reads what was there before. */
function announce() {
  const place = `${file}.${process.pid}`;
  writeFileSync(`${place}.new`, String(ahead[0]));
  renameSync(`${place}.new`, place);
}

if (file !== undefined) {
  ahead = getEnvironmentData(shared) ?? new Float64Array(new SharedArrayBuffer(8));
  if (isMainThread) {
    setEnvironmentData(shared, ahead);
    look();
    announce();
    setInterval(look, 200).unref();
  }
  const now = () => RealDate.now() + ahead[0];
  globalThis.Date = class Date extends RealDate {
    constructor(...parts) {
      if (parts.length === 0) super(now());
      else super(...parts);
    }

    static now() {
      return now();
    }
  };
}
