import type { Command } from 'commander';
import type { GatewayClient } from '../gateway-client/gateway-client.js';
import { withGateway, type GatewayOptions } from '../gateway-client/gateway-options.js';
import { fieldText } from '../terminal/field-text.js';
import { print } from '../terminal/print.js';

export type Fields = Readonly<Record<string, unknown>>;

/** Adds a command below `rcsctl certificates`. */
export type AddCommand = (usage: string, description: string) => Command;

/** Logs in to the gateway as somebody who administers certificates. */
export function administering<T>(options: GatewayOptions, work: (gateway: GatewayClient) => Promise<T>): Promise<T> {
  return withGateway(options, 'to administer certificates', work);
}

/** Makes one call and shows what it answers. */
export function showAnswer(
  options: GatewayOptions,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: Fields,
  text: (answer: Fields) => string = fieldText,
): Promise<void> {
  return administering(options, async gateway => {
    const answer = (await gateway.call(method, path, body)) as Fields;
    print(options.json === true, answer, () => text(answer));
  });
}
