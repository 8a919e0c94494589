import { Inject, Injectable } from '@nestjs/common';
import type { InteractionReceiverConfiguration, ServerSettings } from '#platform';
import type { MediaFile, NewHandOver, Recording } from '#store';
import { SERVER_SETTINGS } from '../dependencies/injection-tokens.js';

/** The parameter of the IVR profile that names its interaction receiver; recorders write it into the metadata. */
const parameter = 'rp.speechminer_uri';

/** One way to write an address. Credentials in it belong neither into the store nor into a comparison. */
export function receiverUrl(written: string): string | undefined {
  if (!URL.canParse(written)) return undefined;
  const url = new URL(written);
  url.username = '';
  url.password = '';
  url.hash = '';
  return url.href;
}

/** The receivers that an operator allows: nothing else is ever called, whatever metadata says. */
@Injectable()
export class ConfiguredReceivers {
  private readonly receivers: ReadonlyMap<string, InteractionReceiverConfiguration>;

  constructor(@Inject(SERVER_SETTINGS) { interactionReceivers }: Pick<ServerSettings, 'interactionReceivers'>) {
    this.receivers = new Map(interactionReceivers.map(one => [receiverUrl(one.url) ?? one.url, one]));
  }

  /** By their addresses. */
  get all(): ReadonlyMap<string, InteractionReceiverConfiguration> {
    return this.receivers;
  }

  /** Whom a new recording is handed over to; nobody where no receiver is configured. */
  handOversOf({ mediaFiles, contactCenter }: Pick<Recording, 'mediaFiles' | 'contactCenter'>): readonly NewHandOver[] {
    if (this.receivers.size === 0) return [];
    const named = new Set(mediaFiles.flatMap(addressIn));
    return [...named].map(receiver => {
      const refusal = this.refusal(receiver, contactCenter);
      return { receiver, ...(refusal === undefined ? {} : { refusal }) };
    });
  }

  /** Why a receiver must not have recordings of a contact center; undefined where it may. */
  refusal(receiver: string, contactCenter: string): string | undefined {
    const known = this.receivers.get(receiver);
    if (known === undefined) return `${parameter} names an address that is not in serverSettings.interactionReceivers`;
    const isOpen = known.contactCenters?.includes(contactCenter) ?? true;
    return isOpen
      ? undefined
      : `serverSettings.interactionReceivers gives it nothing of contact center ${contactCenter}`;
  }
}

/** An address that cannot be read is kept as such: an operator must see that somebody meant to have the recording. */
function addressIn({ parameters }: MediaFile): string[] {
  const written = parameters?.[parameter];
  if (typeof written !== 'string' || written.trim() === '') return [];
  return [receiverUrl(written.trim()) ?? 'unreadable-address:'];
}
