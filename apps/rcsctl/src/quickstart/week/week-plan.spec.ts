import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoPeople } from '../demo-people.js';
import { weekId } from './demo-week.js';
import { weekIndexSchema } from './week-media.js';
import { weekPeople } from './week-people.js';
import { weekPlan } from './week-plan.js';

const media = join(__dirname, '../../../../../test/fixtures/demo-week');
const index = weekIndexSchema.parse(JSON.parse(readFileSync(join(media, 'index.json'), 'utf8')));

describe('the week of the demo', () => {
  it('has an id of 33 characters for each call, and no two with the same', () => {
    const ids = weekPlan.map(({ name }) => weekId(name));
    expect(new Set(ids).size).toBe(weekPlan.length);
    expect(ids.filter(id => !/^WEEK0[A-Z0-9]{28}$/.test(id))).toEqual([]);
  });

  it('has media and an agent for each dialogue', () => {
    const agents = [...demoPeople, ...weekPeople]
      .filter(({ roles }) => roles.includes('agent'))
      .map(({ name }) => name);
    for (const { dialogues, agents: speakers } of weekPlan) {
      expect(speakers).toHaveLength(dialogues.length);
      expect(agents).toEqual(expect.arrayContaining([...speakers]));
      const files = dialogues.flatMap(name => [`${name}.mp3`, `${name}.vtt`, ...index[name]!.screens.map(s => s.file)]);
      expect(files.filter(file => !existsSync(join(media, file)))).toEqual([]);
    }
  });
});
