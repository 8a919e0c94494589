import { z } from 'zod';
import { milliseconds, secret } from './option-types.js';

/** A server that gets the metadata of new recordings, such as SpeechMiner's Interaction Receiver. */
const interactionReceiver = () =>
  z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/, error: 'must start with http:// or https://' })
        .refine(url => new URL(url).username === '' && new URL(url).password === '', {
          error: 'must hold no credentials: userName and password are options of their own',
        })
        .describe('As it stands in `rp.speechminer_uri` of the metadata; any other address there is not called.'),
      userName: z.string().min(1).optional().describe('Sent as Basic credentials with each request.'),
      password: secret.optional().describe('Of userName.'),
      contactCenters: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .describe('Ids of those whose recordings it may get; all when absent.'),
      maxConnection: z.int().min(1).max(64).default(4).describe('Requests at once, from each gateway.'),
      timeoutMs: milliseconds.max(60_000).default(10_000).describe('For one attempt, connection and answer included.'),
      retryDelayMs: milliseconds
        .default(5000)
        .describe('Before the second attempt, give or take half; doubled with each failure, up to an hour.'),
      maxAttempts: z.int().min(1).max(1000).default(40).describe('Then it waits for an operator.'),
    })
    .refine(({ userName, password }) => (userName === undefined) === (password === undefined), {
      error: 'needs userName and password, or neither',
    });

export type InteractionReceiverConfiguration = z.output<ReturnType<typeof interactionReceiver>>;

export const interactionReceivers = () =>
  z
    .array(interactionReceiver())
    .default([])
    .superRefine((receivers, context) => {
      const urls = receivers.map(({ url }) => new URL(url).href);
      for (const [index, url] of urls.entries()) {
        if (urls.indexOf(url) === index) continue;
        context.addIssue({ code: 'custom', path: [index, 'url'], message: 'stands there already' });
      }
    });
