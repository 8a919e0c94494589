/** The changelog (https://keepachangelog.com): what is under [Unreleased] becomes the section of a version. */

const unreleased = '## [Unreleased]';
const nextSection = /^## \[/mu;

/** What is under [Unreleased]. @throws Error when there is no such section, or nothing in it. */
export function unreleasedNotes(changelog) {
  const start = changelog.indexOf(`${unreleased}\n`);
  if (start < 0) throw new Error(`CHANGELOG.md has no section ${unreleased}`);
  const rest = changelog.slice(start + unreleased.length + 1);
  const end = rest.search(nextSection);
  const notes = (end < 0 ? rest : rest.slice(0, end)).trim();
  if (!/^- /mu.test(notes))
    throw new Error('CHANGELOG.md says nothing under [Unreleased]: there is nothing to release');
  return notes;
}

/** The changelog with these notes as the section of a version, and an empty [Unreleased] above it. `date`: ISO 8601 day. */
export function cutChangelog(changelog, version, date) {
  const notes = unreleasedNotes(changelog);
  return changelog
    .replace(`${unreleased}\n`, `${unreleased}\n\n## [${version}] - ${date}\n`)
    .replace(notes, () => notes);
}
