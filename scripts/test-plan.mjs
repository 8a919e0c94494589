/** What `npm test` runs, and in which order: read from test/plan.json and test/durations.json, decided without running anything. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const durationsFile = join(repository, 'test/durations.json');
const readJson = file => JSON.parse(readFileSync(file, 'utf8'));

export const plan = readJson(join(repository, 'test/plan.json'));
const durations = readJson(durationsFile);
const tierNames = Object.keys(plan.tiers);
/** Of a file that never ran, seconds. */
const unknownDuration = 30;
/** Files are started together until they take so long: each start of Jest costs some seconds. */
const secondsOfAJob = 120;
const mostMisjudged = 20;

/**
 * `[TIER] [KIND] [FILES...]`. Without a kind: every kind of the tier and of the tiers before it. A kind alone runs in its
 * own tier.
 */
export function readArguments(args) {
  const words = args.filter(word => word !== '--record-durations');
  const named = tierNames.includes(words[0]) ? words.shift() : undefined;
  const kind = Object.hasOwn(plan.kinds, words[0] ?? '') ? words.shift() : undefined;
  const tier = named ?? (kind === undefined ? 'plain' : plan.kinds[kind].tier);
  const belongs = name => tierNames.indexOf(plan.kinds[name].tier) <= tierNames.indexOf(tier);
  const kinds = kind === undefined ? Object.keys(plan.kinds).filter(belongs) : [kind];
  // Files are a matter of tests alone.
  const chosen = words.length === 0 ? kinds : kinds.filter(name => plan.kinds[name].directories !== undefined);
  return { tier, kinds: chosen, patterns: words, record: args.includes('--record-durations') };
}

/** The files of a kind that match one of the patterns, or all of them. A directory of another kind inside is not its own. */
export function filesOf(kind, patterns) {
  const expressions = patterns.map(pattern => new RegExp(pattern.replace(/^\.\//, ''), 'i'));
  const inside = Object.values(plan.kinds)
    .flatMap(({ directories = [] }) => directories)
    .filter(directory => plan.kinds[kind].directories.some(own => directory.startsWith(`${own}/`)));
  return plan.kinds[kind].directories
    .flatMap(directory =>
      readdirSync(join(repository, directory), { recursive: true }).map(name => join(directory, name)),
    )
    .map(file => file.split(sep).join('/'))
    .filter(file => file.endsWith('.spec.ts') && !inside.some(directory => file.startsWith(`${directory}/`)))
    .filter(file => patterns.length === 0 || expressions.some(expression => expression.test(join(repository, file))))
    .sort();
}

/** How long a file takes, as far as it is known. */
export const secondsOf = file => durations[file] ?? unknownDuration;
const sumOf = files => files.reduce((sum, file) => sum + secondsOf(file), 0);

/** Whether a file works in a contact center of its own in the cluster that its lane has for all such files. */
export const joinsCluster = file => readFileSync(join(repository, file), 'utf8').includes("/joined-cluster.js'");

/** What a lane takes at a time, the longest first; what is short goes together, and what joins the cluster of the lane does. */
export function jobsOf(kind, files) {
  const jobs = [];
  for (const file of [...files].sort((a, b) => secondsOf(b) - secondsOf(a))) {
    const joins = joinsCluster(file);
    const place = jobs.find(job => job.joins === joins && sumOf([...job.files, file]) <= secondsOfAJob);
    if (place === undefined) jobs.push({ kind, joins, files: [file] });
    else place.files.push(file);
  }
  return jobs;
}

export const longestFirst = jobs => [...jobs].sort((a, b) => sumOf(b.files) - sumOf(a.files));

/** Keeps how long files took, and forgets files that are gone. Short ones of the unit tests are nobody's concern. */
export function recordDurations(measured) {
  const everything = new Set(Object.keys(plan.kinds).flatMap(kind => (hasLanes(kind) ? filesOf(kind, []) : [])));
  const kept = Object.entries({ ...durations, ...measured }).filter(([file]) => everything.has(file));
  const sorted = Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(durationsFile, `${JSON.stringify(sorted, null, 2)}\n`);
}

/**
 * How long files took that lanes take for much shorter or longer, `FILE SECONDS (KNOWN)`, the worst first: what
 * test/durations.json is to be told.
 * @param measured seconds by file
 */
export function misjudged(measured) {
  const by = ([file, seconds]) => Math.abs(seconds - secondsOf(file));
  return Object.entries(measured)
    .filter(([file, seconds]) => file.startsWith('test/') && by([file, seconds]) > Math.max(45, secondsOf(file) / 2))
    .sort((a, b) => by(b) - by(a))
    .slice(0, mostMisjudged)
    .map(([file, seconds]) => `${file} ${seconds} (${secondsOf(file)})`);
}

/** Kinds that wait more than they compute share the machine; the others have it for themselves. */
export const hasLanes = kind => plan.kinds[kind].directories !== undefined && plan.kinds[kind].alone !== true;

export const pathInRepository = file => relative(repository, file).split(sep).join('/');
