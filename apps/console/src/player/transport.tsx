import { Button } from '../components/button.js';
import { Checkbox } from '../components/checkbox.js';
import { Select } from '../components/select.js';
import { useTexts } from '../texts/use-texts.js';
import type { CallPlayer } from './call-player.js';
import { clockText } from './place-in-link.js';
import type { PlayerState } from './player-state.js';
import { rates } from './rates.js';

interface Properties {
  readonly player: CallPlayer;
  readonly state: PlayerState;
  readonly copyLink: () => void;
  /** Without a wave form nobody knows where it is silent. */
  readonly knowsSilence: boolean;
}

export const skipSeconds = 10;

/** The buttons. */
export function Transport({ player, state, copyLink, knowsSilence }: Properties) {
  const t = useTexts();
  const { isPlaying, isWaiting, loop, rate, skipsSilence } = state;
  return (
    <div className="transport">
      <Button onPress={() => player.skip(-skipSeconds)} aria-label={t('player.back', { seconds: skipSeconds })}>
        −{skipSeconds}
      </Button>
      <Button kind="primary" className="transport-play" autoFocus onPress={() => player.toggle()}>
        {isPlaying ? t('player.pause') : t('player.play')}
      </Button>
      <Button onPress={() => player.skip(skipSeconds)} aria-label={t('player.forward', { seconds: skipSeconds })}>
        +{skipSeconds}
      </Button>
      <Select
        label={t('player.speed')}
        value={String(rate)}
        onChange={chosen => player.setRate(Number(chosen))}
        options={rates.map(each => [String(each), `${String(each)}×`] as const)}
      />
      <Checkbox
        isSelected={skipsSilence}
        isDisabled={!knowsSilence}
        onChange={chosen => player.setSkipsSilence(chosen)}
      >
        {t('player.skipSilence')}
      </Checkbox>
      <Button onPress={() => player.stepLoop()}>
        {loop === undefined
          ? t('player.loopFrom')
          : loop.to === undefined
            ? t('player.loopTo', { from: clockText(loop.from) })
            : t('player.loopEnd', { from: clockText(loop.from), to: clockText(loop.to) })}
      </Button>
      <Button onPress={copyLink}>{t('player.copyLink')}</Button>
      {/* Behind everything: nothing moves when it comes and goes. */}
      <span className="transport-waiting" role="status">
        {isPlaying && isWaiting ? t('player.waiting') : ''}
      </span>
    </div>
  );
}
