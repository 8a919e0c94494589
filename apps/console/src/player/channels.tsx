import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components';
import { Button } from '../components/button.js';
import { useTexts } from '../texts/use-texts.js';
import type { CallPlayer } from './call-player.js';
import type { Channel } from './channel-mixer.js';

interface Properties {
  readonly player: CallPlayer;
  readonly volumes: readonly [number, number];
  readonly count: number;
}

const both = [0, 1] as const satisfies readonly Channel[];

/** A volume for each side of the call, in the colour of its wave form. */
export function Channels({ player, volumes, count }: Properties) {
  const t = useTexts();
  const shown = count === 1 ? both.slice(0, 1) : both;
  const set = (channel: Channel, volume: number): void => {
    // One channel is heard on both sides.
    if (count === 1) both.forEach(each => player.setVolume(each, volume));
    else player.setVolume(channel, volume);
  };
  return (
    <div className="channels">
      {shown.map(channel => {
        const volume = volumes[channel];
        const name = count === 1 ? t('player.volume') : t('player.channel', { number: channel + 1 });
        return (
          <div key={channel} className="channel">
            <span className={`channel-colour colour-${String(channel)}`} aria-hidden="true" />
            <Slider
              className="slider"
              value={volume}
              minValue={0}
              maxValue={1.5}
              step={0.05}
              onChange={wanted => set(channel, wanted)}
            >
              <Label>{name}</Label>
              <SliderOutput>{`${String(Math.round(volume * 100))} %`}</SliderOutput>
              <SliderTrack className="slider-track">
                <SliderThumb className="slider-thumb" />
              </SliderTrack>
            </Slider>
            <Button
              aria-label={volume === 0 ? t('player.unmute', { name }) : t('player.mute', { name })}
              onPress={() => set(channel, volume === 0 ? 1 : 0)}
            >
              {volume === 0 ? t('player.on') : t('player.off')}
            </Button>
          </div>
        );
      })}
    </div>
  );
}
