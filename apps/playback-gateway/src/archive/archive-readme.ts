/** The first member of every archive, for who has no program of ours. */
export const readmeName = 'README.txt';

export const archiveReadme = Buffer.from(`Recordings, each in a folder of its own:
  CONTACT CENTER/TENANT/DAY/RECORDING/recording.json   what is known of it
  CONTACT CENTER/TENANT/DAY/RECORDING/*.bin            its media, encrypted: PKCS#7 (CMS), DER
  CONTACT CENTER/TENANT/DAY/RECORDING/audit-proofs.json  what the audit says of it, with proofs (audit-checkpoints)

How a media file opens stands in recording.json, under archive.opens. KEY is the file of the private key (PEM), OUT the
file that OpenSSL writes, and CERTIFICATE that of the certificate of the key.

The last members are manifest.json, with the SHA-256 of every other member, who asked for the archive, why, and what is
not in it, and manifest.json.p7s, its signature. An archive without them is not whole. What the signature proves:
  openssl cms -verify -binary -inform DER -in manifest.json.p7s -content manifest.json -CAfile CA -purpose any -out /dev/null
CA is the certificate of the authority of the cluster that made the archive (ca.pem).

Where manifest.json says "timeStamp": "follows", manifest.tsr comes behind them: a time-stamping authority says when the
signature was there. TSA has the certificates of the authorities that vouch for it:
  openssl ts -verify -in manifest.tsr -data manifest.json.p7s -CAfile TSA
"timeStamp": "missing" means that the authority gave none, no "timeStamp" that none was wanted.
`);
