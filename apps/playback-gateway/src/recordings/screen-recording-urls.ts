import { Inject, Injectable } from '@nestjs/common';
import type { Recording, SettingStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { ExternalUrl } from '../http/external-url.js';
import { nearest } from '../settings/location-path.js';

/** Where players find screen recordings: at what `decrypt-uri-prefix` says for the location of the recording, or here. */
@Injectable()
export class ScreenRecordingUrls {
  constructor(
    @Inject(storeTokens.settings) private readonly settings: SettingStore,
    private readonly externalUrl: ExternalUrl,
  ) {}

  async of(recordings: readonly Recording[]): Promise<(recording: Recording) => string> {
    const here = this.externalUrl.value;
    const ids = [...new Set(recordings.filter(hasScreen).map(({ contactCenter }) => contactCenter))];
    const settings = (await Promise.all(ids.map(id => this.settings.list(id)))).flat();
    const prefixes = settings.filter(
      ({ group, name }) => group === 'screen-recording' && name === 'decrypt-uri-prefix',
    );
    return ({ contactCenter, additional }) => {
      const { location } = additional ?? {};
      const own = prefixes.filter(one => one.contactCenter === contactCenter);
      const found = nearest(own, typeof location === 'string' ? location : '/');
      return found === undefined ? here : (JSON.parse(found.value) as string);
    };
  }
}

const hasScreen = ({ mediaFiles }: Recording): boolean => mediaFiles.some(isScreen);
export const isScreen = ({ type }: { readonly type: string }): boolean => /^video\//i.test(type);
