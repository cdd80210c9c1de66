import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lineText, pageLines } from '../../../screens/blocks/block-lines.ts';
import { pages } from '../../../screens/views.ts';
import { farewell } from '../../../src/surfaces/wizard/farewell.ts';
import { domain, tokenText } from '../../fakes/sample-answers.ts';
import { fastKeys, sampleGiven, WizardScene } from '../../fakes/wizard-scene.ts';
import { talk } from './session.ts';

/** What a person types who accepts everything: one domain, one paste, nine times Enter or a word. */
const answers = ['', '', '', domain, tokenText(), '', 'later', '', 'yes', ''];
const titles = pages.map(({ title }) => title);

describe('from a bare host to a tunnel', () => {
  let scene: WizardScene;
  let session: Awaited<ReturnType<typeof talk>>;
  beforeAll(async () => {
    scene = await WizardScene.make();
    session = await talk(scene, await scene.open(), answers);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  test('every page is met once, in order', () => {
    expect(session.headings).toEqual(titles);
    expect(session).toMatchObject({ end: 'finished', left: 0 });
  });

  test('the token is nowhere in what the terminal shows', () => {
    const { s } = JSON.parse(Buffer.from(tokenText(), 'base64').toString());
    for (const secret of [tokenText(), tokenText().slice(8, 40), s])
      expect(session.transcript).not.toContain(secret);
  });

  test('there is no colour, no cursor movement and no box', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
    expect(session.printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2500-\u257f]/u);
  });

  test('no printed line is wider than asked, but for what is to be copied', () => {
    const wide = session.printed.split('\n').filter((line) => stringWidth(line) > 100);
    expect(wide.filter((line) => !line.startsWith('scp '))).toEqual([]);
  });
});

test('a narrow terminal gets narrow lines', async () => {
  await using scene = await WizardScene.make();
  const { transcript, headings } = await talk(scene, await scene.open(), answers, { width: 60 });
  expect(headings).toEqual(titles);
  expect(transcript.split('\n').filter((line) => stringWidth(line) > 60)).toEqual([]);
  expect(transcript).toContain(`
Enter goes on; or type add, edit N, remove N, sample on|off,
upstream, probe, back, quit, ?: 
`);
});

describe('the end of the input', () => {
  test.each(titles.slice(0, -1).filter((title) => title !== 'Launch'))(
    'on the page %s leaves, and says how to go on',
    async (title) => {
      await using scene = await WizardScene.make();
      const count = ['Welcome', 'Prerequisites', 'Mode', 'Domain and token'].includes(title)
        ? titles.indexOf(title)
        : titles.indexOf(title) + 1;
      const wizard = await scene.open();
      const session = await talk(scene, wizard, answers.slice(0, count));
      expect(session.headings.at(-1)).toBe(title);
      expect(session.end).toBe('left');
      expect(JSON.stringify(farewell(wizard, session.end))).toContain('Stopped.');
    },
  );

  test('at the token, at a form, at the summary and after a failure leaves, too', async () => {
    for (const [given, end] of [
      [answers.slice(0, 4), 'Domain and token'],
      [[...answers.slice(0, 5), 'edit', 'p-256'], 'Certificates'],
      [[...answers.slice(0, 7), 'add', 'wiki'], 'Routes'],
      [[...answers.slice(0, 7), 'upstream', ''], 'Routes'],
      [answers.slice(0, -1), 'Summary'],
    ] as const) {
      await using scene = await WizardScene.make();
      const session = await talk(scene, await scene.open(), given);
      expect([session.headings.at(-1), session.end]).toEqual([end, 'left']);
    }
    await using scene = await WizardScene.make();
    scene.refusesToken();
    const failed = await talk(scene, await scene.open(), answers.slice(0, -1));
    expect([failed.headings.at(-1), failed.end]).toEqual(['Launch', 'left']);
  });

  test('what was typed is in the command that goes on; no secret is', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(fastKeys);
    const typed = [...answers.slice(0, 7), 'add', 'wiki=http://10.0.0.5:80'];
    const { end } = await talk(scene, wizard, typed);
    const told = pageLines(farewell(wizard, end), 100).map(lineText).join('\n');
    expect(told).toContain(`--domain ${domain} `);
    expect(told).toContain(' --route wiki=http://10.0.0.5:80');
    expect(told).not.toContain(tokenText());
  });
});

describe('a signal', () => {
  test('at a question leaves', async () => {
    await using scene = await WizardScene.make();
    const signal = () => scene.signals.abort();
    const session = await talk(scene, await scene.open(), ['', '', signal, '']);
    expect([session.headings.at(-1), session.end]).toEqual(['Mode', 'left']);
  });

  test('before anything was shown leaves', async () => {
    await using scene = await WizardScene.make();
    scene.signals.abort();
    const session = await talk(scene, await scene.open(), answers);
    expect(session).toMatchObject({ end: 'left', transcript: '' });
  });

  test('while the plan is made leaves', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open(sampleGiven);
    const { info } = scene.host.compose;
    const signal = () => {
      scene.host.compose.info = async () => {
        await new Promise(setImmediate);
        scene.signals.abort();
        return info.call(scene.host.compose);
      };
    };
    const session = await talk(scene, wizard, ['', '', '', '', '', '', 'later', signal, '']);
    expect([session.headings.at(-1), session.end]).toEqual(['Review', 'left']);
  });

  test('during the run stops at the next step edge', async () => {
    await using scene = await WizardScene.make();
    const { compose } = scene.host;
    const { onUp } = compose;
    compose.onUp = (onLine) => {
      onUp(onLine);
      scene.signals.abort();
    };
    const wizard = await scene.open();
    const session = await talk(scene, wizard, answers.slice(0, -1));
    const shown = session.page('Launch');
    expect(shown).toContain('\n  $ docker compose up -d\n');
    expect(shown).toContain('\nStopping at the next step …\n');
    expect(shown).not.toContain('▸ Verification');
    expect(session.end).toBe('left');
    expect(wizard.state.flow.outcome).toBe('interrupted');
  });
});

test('back and forth through all pages ten times loses nothing', async () => {
  await using scene = await WizardScene.make();
  const wizard = await scene.open(sampleGiven);
  const there = [
    '',
    '',
    '',
    '',
    '',
    'edit',
    '',
    '60',
    '',
    '',
    'later',
    'add',
    'wiki=http://10.0.0.5:80',
  ];
  const forth = ['', '', '', '', '', '', 'later', ''];
  const back = Array<string>(7).fill('back');
  const rounds = Array.from({ length: 10 }, () => [...back, ...forth]).flat();
  const session = await talk(scene, wizard, [...there, '', ...rounds, 'quit']);
  expect(session).toMatchObject({ end: 'left', left: 0 });
  expect(session.headings.slice(-8)).toEqual(titles.slice(0, 8));
  expect(wizard.state.draft).toMatchObject({
    domain,
    days: '60',
    routes: [{ name: 'echo' }, { name: 'wiki' }],
  });
  expect(wizard.state.draft.token?.reveal()).toBe(tokenText());
});

describe('where a deployment is', () => {
  test('its state is told, its logs are shown until Enter, and it is checked again', async () => {
    await using scene = await WizardScene.make();
    await talk(scene, await scene.open(sampleGiven), ['', '', '', '', '', '', '', '', 'yes']);
    const wizard = await scene.open(sampleGiven, { hasToken: true });
    const { engine } = scene.host;
    const speak = async () => {
      engine.say('mcp-proxy-1', '{"time":"2026-11-24T10:00:01Z","level":"INFO","msg":"hello"}');
      await expect.poll(() => wizard.state.tail.entries.at(-1)?.text).toContain('hello');
    };
    const refuse = async () => {
      const line =
        '2026-11-24T10:00:02Z ERR Register tunnel error error="Unauthorized: Invalid tunnel secret"';
      engine.say('cloudflared-1', line);
      await expect.poll(() => wizard.state.tail.entries.at(-1)?.text).toContain('Invalid');
    };
    const session = await talk(scene, wizard, ['logs', speak, refuse, '', 'l', 'quit']);
    expect(session.transcript).toContain(`
Home

A deployment is here: ${domain}
DIR

`);
    expect(session.transcript).toContain(
      '\nLooking at it …\n\n! It works, and something is due:\n',
    );
    expect(session.transcript).toMatch(
      /\nEnter checks and repairs; or type status, [^:]*logs, [^:]*rotate, renew, [^:]*routes,\s[^:]*: logs\n/u,
    );
    const logs = session.transcript.split('\nLogs\n')[1] ?? '';
    expect(logs).toContain('\nAll containers, as their lines come. Enter goes back; quit leaves;');
    expect(logs).toContain('\nmcp-proxy | 10:00:01 INFO hello\n');
    expect(logs).toMatch(/\ncloudflared \| 10:00:02 ERR Register .*\n {2}means: The edge refuses/u);
    expect(session.transcript.match(/^Home$/gmu)).toHaveLength(2);
    expect(session.end).toBe('left');
  });
});
