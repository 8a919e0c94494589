/**
 * The table of values in the chart's README: names and types of the schema, defaults and first sentences of values.yaml.
 *
 *   node scripts/chart-values.mjs            writes it
 *   node scripts/chart-values.mjs --check    fails where it is not what it would write
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMap, parseDocument } from 'yaml';

const chart = fileURLToPath(new URL('../helm/recording-crypto-server/', import.meta.url));
const readme = `${chart}README.md`;
const [begin, end] = ['<!-- values: npm run docs -->', '<!-- end of values -->'];
const schema = JSON.parse(readFileSync(`${chart}values.schema.json`, 'utf8'));
const values = parseDocument(readFileSync(`${chart}values.yaml`, 'utf8'));

/** Rows of every value below a section; a section of known options is a row only by them. */
function rows(section, node, path) {
  return Object.entries(section.properties ?? {}).flatMap(([name, option]) => {
    const pair = isMap(node) ? node.items.find(({ key }) => key.value === name) : undefined;
    const here = [...path, name];
    const below = option.properties === undefined ? [] : rows(option, pair?.value, here);
    return below.length > 0 ? below : [[here.join('.'), typeOf(option), defaultOf(pair), aboutOf(pair, node)]];
  });
}

function typeOf({ enum: allowed, type }) {
  if (allowed !== undefined) return allowed.map(value => `\`${value === '' ? "''" : value}\``).join(', ');
  return [type].flat().join(' or ');
}

const defaultOf = pair => (pair === undefined ? '' : `\`${JSON.stringify(pair.value?.toJSON?.() ?? null)}\``);

/** The first sentence of the remark above a value; the remark above the first one of a map is kept at the map. */
function aboutOf(pair, parent) {
  const isFirst = pair !== undefined && parent.items[0] === pair;
  const remark = pair?.key.commentBefore ?? (isFirst ? parent.commentBefore : undefined) ?? '';
  // Examples are remarks, too: options that are turned off.
  const lines = remark.split('\n').filter(line => !/^\s*(- |[\w.]+: )/.test(line));
  const [sentence = ''] = lines
    .join(' ')
    .trim()
    .split(/(?<=\.) /);
  return sentence.replaceAll('|', '\\|');
}

const table = [
  ['Value', 'Type', 'Default', ''],
  ['---', '---', '---', '---'],
  ...rows(schema, values.contents, []).map(([name, ...rest]) => [`\`${name}\``, ...rest]),
];
const text = readFileSync(readme, 'utf8');
const [before, rest] = text.split(begin);
const [, after] = rest.split(end);
const written = `${before}${begin}\n\n${table.map(row => `| ${row.join(' | ')} |`).join('\n')}\n\n${end}${after}`;
if (process.argv.includes('--check')) {
  if (written !== text) {
    process.stderr.write('helm/recording-crypto-server/README.md is not what `npm run docs` writes\n');
    process.exitCode = 1;
  }
} else {
  writeFileSync(readme, written);
}
