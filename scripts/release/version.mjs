/** Semantic versions (https://semver.org): MAJOR.MINOR.PATCH, with a pre-release such as `1.0.0-rc.1`; no build metadata. */

const form = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/** @throws Error when the text is no version. */
export function parseVersion(text) {
  const match = form.exec(text);
  const prerelease = match?.[4]?.split('.') ?? [];
  if (match === null || prerelease.some(part => /^0\d+$/.test(part)))
    throw new Error(`${text} is no version such as 1.2.3 or 1.2.3-rc.1 (https://semver.org)`);
  return { core: match.slice(1, 4).map(Number), prerelease };
}

/** Negative when `left` comes before `right` (semver.org, item 11), positive when after, 0 when they are the same. */
export function compareVersions(left, right) {
  const [a, b] = [parseVersion(left), parseVersion(right)];
  const core = a.core.map((number, index) => number - b.core[index]).find(difference => difference !== 0);
  if (core !== undefined) return core;
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length;
  return comparePrereleases(a.prerelease, b.prerelease);
}

function comparePrereleases(left, right) {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [a, b] = [left[index], right[index]];
    if (a === b) continue;
    const [aIsNumber, bIsNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
    if (aIsNumber && bIsNumber) return Number(a) - Number(b);
    if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
    return a < b ? -1 : 1;
  }
  return left.length - right.length;
}
