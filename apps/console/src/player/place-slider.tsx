import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components';
import { useTexts } from '../texts/use-texts.js';
import type { CallPlayer } from './call-player.js';
import { clockText } from './place-in-link.js';
import { usePlace } from './use-call-player.js';

/** Where it is, and how long it is; arrow keys go by seconds, page keys by tens of them. */
export function PlaceSlider({ player, duration }: { readonly player: CallPlayer; readonly duration: number }) {
  const t = useTexts();
  const place = usePlace(player);
  return (
    <Slider
      className="slider place"
      value={Math.min(place, duration)}
      minValue={0}
      maxValue={Math.max(duration, 0.1)}
      step={0.1}
      onChange={wanted => player.seek(wanted)}
    >
      <Label className="visually-hidden">{t('player.place')}</Label>
      <SliderOutput className="mono">
        {clockText(place)} / {clockText(duration)}
      </SliderOutput>
      <SliderTrack className="slider-track">
        <SliderThumb className="slider-thumb" />
      </SliderTrack>
    </Slider>
  );
}
