import { type DerElement, DerTag, type NamePart, readDerElements } from '#asn1';
import { readGeneralName, type GeneralName } from './general-name.js';

/** NameConstraints (RFC 5280, 4.2.1.10). */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

const permittedTag = 0xa0;
const excludedTag = 0xa1;

/** @throws RangeError when it is malformed or has distances, which RFC 5280 forbids. */
export function readNameConstraints(value: Buffer): NameConstraints {
  const [constraints] = readDerElements(value);
  if (constraints?.tag !== DerTag.sequence) throw new RangeError('nameConstraints is no SEQUENCE');
  const elements = readDerElements(constraints.content);
  const subtrees = (tag: number): GeneralName[] =>
    elements.filter(element => element.tag === tag).flatMap(({ content }) => readDerElements(content).map(readSubtree));
  return { permitted: subtrees(permittedTag), excluded: subtrees(excludedTag) };
}

/**
 * Why a name is not allowed below an authority with these constraints; undefined when it is. A form of name that is
 * constrained and cannot be compared here is not allowed.
 */
export function refusedByConstraints(name: GeneralName, { permitted, excluded }: NameConstraints): string | undefined {
  const relevant = (subtree: GeneralName): boolean =>
    subtree.form === 'other' || name.form === 'other'
      ? subtree.form === name.form && (subtree as { tag?: number }).tag === (name as { tag?: number }).tag
      : subtree.form === name.form;
  if (excluded.some(subtree => relevant(subtree) && (name.form === 'other' || lies(name, subtree)))) return 'excluded';
  const allowed = permitted.filter(relevant);
  if (allowed.length === 0 || allowed.some(subtree => lies(name, subtree))) return undefined;
  return 'not among the permitted ones';
}

function readSubtree({ tag, content }: DerElement): GeneralName {
  const [base, ...distances] = readDerElements(content);
  if (tag !== DerTag.sequence || base === undefined) throw new RangeError('a GeneralSubtree is malformed');
  if (distances.length > 0) throw new RangeError('a GeneralSubtree has a minimum or maximum');
  return readGeneralName(base);
}

/** Whether `name` lies in the subtree; both are of the same form. */
function lies(name: GeneralName, subtree: GeneralName): boolean {
  if (name.form === 'directory' && subtree.form === 'directory') return beginsWith(name.parts, subtree.parts);
  if (name.form === 'ip' && subtree.form === 'ip') return inNetwork(name.octets, subtree.octets);
  if (name.form === 'dns' && subtree.form === 'dns') return inDomain(name.text, subtree.text);
  if (name.form === 'email' && subtree.form === 'email') return inMailbox(name.text, subtree.text);
  if (name.form === 'uri' && subtree.form === 'uri') return inHost(hostOf(name.text), subtree.text);
  return false;
}

const beginsWith = (parts: readonly NamePart[], start: readonly NamePart[]): boolean =>
  start.every((part, index) => parts[index] === part);

function inNetwork(address: Buffer, network: Buffer): boolean {
  if (network.length !== address.length * 2) return false;
  return address.every((octet, index) => {
    const mask = network[address.length + index] ?? 0;
    return (octet & mask) === ((network[index] ?? 0) & mask);
  });
}

/** Labels may be added to the left: `www.example.com` lies in `example.com`. A dot in front is taken for the same. */
function inDomain(name: string, domain: string): boolean {
  const [lower, base] = [name.toLowerCase(), domain.toLowerCase().replace(/^\./, '')];
  return base === '' || lower === base || lower.endsWith(`.${base}`);
}

/** A mailbox, all mailboxes of a host, or with a dot in front all of a domain. */
function inMailbox(address: string, constraint: string): boolean {
  if (constraint.includes('@')) {
    const [local, host] = splitMailbox(constraint);
    const [ownLocal, ownHost] = splitMailbox(address);
    return local === ownLocal && host === ownHost;
  }
  return inHost(splitMailbox(address)[1], constraint);
}

/** The local part is case-sensitive, the host is not (RFC 5280, 7.5). */
function splitMailbox(address: string): [local: string, host: string] {
  const at = address.lastIndexOf('@');
  return [address.slice(0, Math.max(at, 0)), address.slice(at + 1).toLowerCase()];
}

/** With a dot in front every host below the domain, without one that host alone. */
function inHost(host: string, constraint: string): boolean {
  const lower = constraint.toLowerCase();
  return lower.startsWith('.') ? host.endsWith(lower) && host.length > lower.length : host === lower;
}

/** The host of a URI; empty where there is none, which lies in no subtree. */
function hostOf(uri: string): string {
  return URL.canParse(uri) ? new URL(uri).hostname.toLowerCase() : '';
}
