import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lineFiles } from '../../../src/adapters/line-files.ts';
import { readLogsWord } from '../../../src/surfaces/plain-wizard/pages/logs-word.ts';
import { until, WizardScene } from '../../fakes/wizard-scene.ts';
import { talk } from './session.ts';

let scene: WizardScene;
beforeEach(async () => {
  scene = await WizardScene.make();
  scene.lineFiles = lineFiles;
  await scene.install();
});
afterEach(() => scene[Symbol.asyncDispose]());

/** Does something to a container, and waits until the tail has it. */
async function opened() {
  const wizard = await scene.openAgain();
  const has = (text: string) => () =>
    until(wizard, ({ tail }) => tail.entries.some((entry) => entry.text.includes(text)));
  const say = (service: string, text: string) => async () => {
    scene.host.engine.say(`${service}-1`, text);
    await has(text)();
  };
  return { wizard, has, say };
}

const late =
  'ERR Register tunnel error from server side error="Unauthorized: Invalid tunnel secret" connIndex=0';

describe('the logs in lines', () => {
  test('are filtered, looked through, saved, and paused', async () => {
    const { wizard, has, say } = await opened();
    const outcome = () => until(wizard, ({ tail }) => tail.outcome?.kind !== 'busy');
    const { transcript, left } = await talk(scene, wizard, [
      'logs',
      has('connIndex=3'),
      'container cloudflared',
      say('mcp-proxy', 'not this'),
      say('cloudflared', 'but this'),
      'find route configured',
      'container all',
      'find route configured',
      'level chatty',
      'level error',
      say('cloudflared', 'INF nothing bad'),
      'save ./mine.log',
      outcome,
      'pause',
      '',
      '',
      'quit',
    ]);
    const [, page = ''] = transcript.split('\nLogs\n');
    expect(page).toContain('cloudflared | but this\n');
    expect(page).not.toContain('not this');
    expect(page).toMatch(/find route configured\n0 of \d+ lines have it\./u);
    expect(page).toMatch(/mcp-proxy \| .*route configured.*\n1 of \d+ lines have it\./u);
    expect(page).toContain('✗ Which level? Expected one of: all, info, warning, error, problems.');
    expect(page).not.toContain('nothing bad');
    expect(page).toMatch(/✓ 0 lines saved: .*mine\.log/u);
    expect(page).toContain('Paused; the engine keeps what comes. Enter goes on.');
    expect(await readFile(join(scene.host.outside, 'mine.log'), 'utf8')).toBe('');
    expect(transcript.match(/^Home$/gmu)).toHaveLength(2);
    expect(left).toBe(0);
  });

  test('explain a known line, and run its fix after yes', async () => {
    const { wizard, has, say } = await opened();
    const { transcript } = await talk(scene, wizard, [
      ...['logs', has('connIndex=3'), 'fix'],
      say('cloudflared', late),
      ...['fix', 'no', 'fix', 'yes', 'back', 'quit'],
    ]);
    const [, page = ''] = transcript.split('\nLogs\n');
    expect(page).toContain('No known problem that a command of ours could mend.');
    expect(page).toMatch(/ {2}means: .*token/u);
    expect(page.match(/mcp-tunnel rotate-token --dir DIR\n/gu)?.length).toBeGreaterThanOrEqual(2);
    expect(page).toContain('Run this? Type yes; anything else leaves it: no\n');
    expect(page).toContain('Step 2 of 6: New token');
  });
});

test.each([
  ['', { word: 'back' }],
  ['  QUIT ', { word: 'quit' }],
  ['?', { word: 'help' }],
  ['container', { word: 'unknown', problem: 'Which container? Expected its name, or all.' }],
  ['find  two words ', { word: 'find', text: 'two words' }],
  ['level problems', { word: 'filter', filter: { level: 'problems' } }],
  ['save', { word: 'unknown', problem: 'Save where? Expected a new file.' }],
  ['x', { word: 'unknown', problem: 'That is none of the words here.' }],
])('%j is read', (line, word) => expect(readLogsWord(line)).toEqual(word));
