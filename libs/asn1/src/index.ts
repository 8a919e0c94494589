export { DerTag, readDerElements, type DerElement } from './der-element.js';
export { derEncode, unsignedInteger } from './der-encoding.js';
export {
  canonicalIssuerAndSerialNumber,
  canonicalName,
  sameIssuerAndSerialNumber,
  type IssuerAndSerialNumber,
} from './names/canonical-name.js';
export { emailAddressesIn, readNameParts, sameName, type NamePart } from './names/name-parts.js';
export { isRangeError } from './range-error.js';
