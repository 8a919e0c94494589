/** A real authority for the servers that tests start; some of the rooms under test may not import certificates. */
export { CertificateAuthority, type IssuedCertificate } from '#certificates';
