import { Agent } from 'node:https';
import { S3Client } from '@aws-sdk/client-s3';
import type { AuditS3Configuration } from '#platform';
import { trustedAuthorities } from '#tls';
import { CheckpointBucket } from './checkpoint-bucket.js';

const connectTimeoutMs = 3000;
const requestTimeoutMs = 6000;
/** Whoever calls tries again. */
const attempts = 1;

/**
 * The bucket of the configuration, over connections of its own.
 * @throws ConfigurationError when whom to trust cannot be read.
 */
export function openCheckpointBucket(configuration: AuditS3Configuration): CheckpointBucket {
  const { endpoint, region, pathStyle, accessKeyId, secretAccessKey, s3TrustedCA, s3JksPassword } = configuration;
  const trust = trustedAuthorities('audit.s3.s3TrustedCA', s3TrustedCA, s3JksPassword);
  const client = new S3Client({
    ...(endpoint === undefined ? {} : { endpoint }),
    region,
    forcePathStyle: pathStyle,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      httpsAgent: new Agent({ keepAlive: true, maxSockets: 4, minVersion: 'TLSv1.2', ...trust }),
    },
  });
  return new CheckpointBucket(client, configuration);
}
