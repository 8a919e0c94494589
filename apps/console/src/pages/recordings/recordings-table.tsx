import { Cell, Column, Row, Table, TableBody, TableHeader, type Selection } from 'react-aria-components';
import { Link, useNavigate } from 'react-router';
import { Badge } from '../../components/badge.js';
import { Checkbox } from '../../components/checkbox.js';
import { clockText } from '../../player/place-in-link.js';
import { useSpeech } from '../../texts/use-texts.js';
import type { FoundRecording } from './find-recordings.js';
import { agentsOf, callerOf, dateText, dialedOf, hasScreens, isEncrypted, lengthOf, timeText } from './shown.js';

interface Properties {
  readonly recordings: readonly FoundRecording[];
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  /** Whether whoever looks can do anything with a selection. */
  readonly isSelectable: boolean;
}

/** In their order; what a narrower window has no room for stands in the first one (recordings.css). */
const columns = [
  ['caller', ''],
  ['dialed', 'wide'],
  ['agent', 'medium'],
  ['start', ''],
  ['length', 'wide'],
  ['labels', 'medium'],
  ['kept', 'medium'],
  ['encryption', 'medium'],
  ['seen', 'medium'],
] as const;

/** A page of recordings. A click, or Enter, opens one. */
export function RecordingsTable({ recordings, selected, onSelect, isSelectable }: Properties) {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const select = (selection: Selection): void =>
    onSelect(selection === 'all' ? new Set(recordings.map(({ id }) => id)) : new Set([...selection].map(String)));
  return (
    <div className="table-frame">
      <Table
        className="table recordings"
        aria-label={t('recordings.list')}
        selectionMode={isSelectable ? 'multiple' : 'none'}
        selectedKeys={selected}
        onSelectionChange={select}
        onRowAction={id => void navigate(`/recordings/${encodeURIComponent(String(id))}`)}
      >
        <TableHeader>
          {isSelectable && (
            <Column>
              <Checkbox slot="selection" aria-label={t('app.selectAll')} />
            </Column>
          )}
          {columns.map(([name, room]) => (
            <Column key={name} id={name} className={room} isRowHeader={name === 'caller'}>
              {t(`recordings.${name}`)}
            </Column>
          ))}
        </TableHeader>
        <TableBody renderEmptyState={() => <p className="table-empty">{t('recordings.none')}</p>}>
          {recordings.map(recording => (
            <RecordingRow key={recording.id} recording={recording} isSelectable={isSelectable} />
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function RecordingRow({
  recording,
  isSelectable,
}: {
  readonly recording: FoundRecording;
  readonly isSelectable: boolean;
}) {
  const { t, language } = useSpeech();
  const { id } = recording;
  const caller = callerOf(recording) ?? t('recordings.unknown');
  const dialed = dialedOf(recording);
  const agents = agentsOf(recording).join(', ');
  const start = timeText(recording.startTime, language, 'short') ?? t('recordings.unknown');
  const length = clockText(lengthOf(recording));
  return (
    <Row id={id} textValue={`${caller} ${start}`}>
      {isSelectable && (
        <Cell>
          <Checkbox slot="selection" aria-label={t('app.choose')} />
        </Cell>
      )}
      <Cell>
        <Link
          to={`/recordings/${encodeURIComponent(id)}`}
          aria-label={t('recordings.open', { time: start, caller })}
          className="open-recording"
          onClick={event => event.stopPropagation()}
        >
          <span aria-hidden="true">▶</span> {caller}
        </Link>
        {dialed !== undefined && <div className="folded below-wide">{t('recordings.toDialed', { dialed })}</div>}
        <div className="folded below-medium">
          <div>{agents}</div>
          <span className="badges">
            <Labels recording={recording} />
            <Kept recording={recording} />
            <Encryption recording={recording} />
            <Seen recording={recording} />
          </span>
        </div>
      </Cell>
      <Cell className="wide">{dialed}</Cell>
      <Cell className="medium">{agents}</Cell>
      <Cell className="start">
        {start}
        <div className="folded below-wide">{length}</div>
      </Cell>
      <Cell className="number wide">{length}</Cell>
      <Cell className="medium">
        <span className="badges">
          <Labels recording={recording} />
        </span>
      </Cell>
      <Cell className="medium">
        <span className="badges">
          <Kept recording={recording} />
        </span>
      </Cell>
      <Cell className="medium">
        <span className="badges">
          <Encryption recording={recording} />
        </span>
      </Cell>
      <Cell className="medium">
        <Seen recording={recording} />
      </Cell>
    </Row>
  );
}

interface Shown {
  readonly recording: FoundRecording;
}

const Labels = ({ recording: { labels } }: Shown) => labels.map(({ name }) => <Badge key={name}>{name}</Badge>);

/** What keeps it, and until when. */
function Kept({ recording: { nonDelete, onHold, expiryTime } }: Shown) {
  const { t, language } = useSpeech();
  const date = dateText(expiryTime, language);
  return (
    <>
      {nonDelete && <Badge kind="good">{t('recordings.protected')}</Badge>}
      {onHold && <Badge kind="warning">{t('recordings.onHold')}</Badge>}
      {date !== undefined && <span>{t('recordings.expiresOn', { date })}</span>}
    </>
  );
}

function Encryption({ recording }: Shown) {
  const { t } = useSpeech();
  return (
    <>
      {isEncrypted(recording) ? (
        <span>{t('recordings.encrypted')}</span>
      ) : (
        <Badge kind="warning">{t('recordings.plain')}</Badge>
      )}
      {hasScreens(recording) && <Badge>{t('recordings.screens')}</Badge>}
    </>
  );
}

function Seen({ recording: { seen, seenTime } }: Shown) {
  const { t, language } = useSpeech();
  if (!seen) return <Badge>{t('recordings.notSeen')}</Badge>;
  return (
    <span className="nowrap" title={t('recordings.seenAt', { time: timeText(seenTime, language) ?? '' })}>
      ✓ {t('recordings.seen')}
    </span>
  );
}
