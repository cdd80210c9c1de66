import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sampleGiven, WizardScene } from '../../fakes/wizard-scene.ts';
import { talk } from './session.ts';

const toRoutes = ['', '', '', '', '', '', 'later'];
const question =
  'Enter goes on; or type add, edit N, remove N, sample on|off, upstream, probe, back, quit, ?: ';
const echo = { name: 'echo', upstream: 'http://hello-mcp:9000' };
const wiki = { name: 'wiki', upstream: 'http://10.0.0.5:8000' };

/** A page's part between two of its questions: what the answer led to. */
function followed(page: string, answer: string): string {
  const begin = page.indexOf(`${question}${answer}\n`);
  if (begin < 0) throw new Error(`never answered ${answer}:\n${page}`);
  const from = begin + question.length + answer.length + 1;
  const next = page.indexOf(question, from);
  return page.slice(from, next < 0 ? undefined : next);
}

async function atRoutes(scene: WizardScene, answers: readonly string[], given = sampleGiven) {
  const wizard = await scene.open(given);
  const session = await talk(scene, wizard, [...toRoutes, ...answers, 'quit']);
  return { ...session, shown: session.page('Routes') };
}

describe('routes', () => {
  test('are numbered, with what each upstream answers', async () => {
    await using scene = await WizardScene.make();
    scene.upstreams.set('http://10.0.0.5:8000/mcp', {
      kind: 'mcp',
      serverName: 'wiki',
      serverVersion: '2.1',
      tools: [{ name: 'search', description: undefined }],
    });
    const routes = { echo: echo.upstream, wiki: wiki.upstream, crm: 'http://10.0.0.6:80' };
    const given = { ...sampleGiven, routes: { value: routes, source: '--route' } };
    const { shown } = await atRoutes(scene, [], given);
    expect(shown).toBe(`Step 7 of 10: Routes

A route: the name Claude calls and the server behind it.
The proxy’s container dials it: private IPv4 only, and localhost is the proxy itself.

Asking the upstreams …
1. echo
Claude calls  https://echo.abcd1234.tunnel.anthropic.com/mcp
Upstream      http://hello-mcp:9000
- answers once the stack runs

2. wiki
Claude calls  https://wiki.abcd1234.tunnel.anthropic.com/mcp
Upstream      http://10.0.0.5:8000
✓ MCP server wiki 2.1 with 1 tool: search

3. crm
Claude calls  https://crm.abcd1234.tunnel.anthropic.com/mcp
Upstream      http://10.0.0.6:80
! nothing listens at 10.0.0.6:80 (ECONNREFUSED)
    fix       Start the server. If it runs, it may listen on 127.0.0.1 only: let it listen on
              0.0.0.0 or on the address that the route names. To see: ss -ltn 'sport = :80' This was
              asked from this host; the proxy asks from its own network, where the answer can be
              another.

s  sample server  on: a tool hello(name) to try with
u  upstreams      private IPv4
! 1 warning, 1 to be asked once the stack runs: you can go on; p asks again.

${question}quit
`);
  });

  test('help lists the words', async () => {
    await using scene = await WizardScene.make();
    const { shown } = await atRoutes(scene, ['?']);
    expect(followed(shown, '?')).toBe(`  Enter          goes on
  add            asks for another route
  edit N         asks for route N again
  remove N       takes route N away
  sample on|off  the sample server and its route
  upstream       asks for addresses and CAs of all upstreams
  probe          asks all upstreams again
  back           to the page before; nothing is lost
  quit           leaves, and says how to go on later
  ?              this help
`);
  });

  test('add asks for name and upstream, again for what is wrong', async () => {
    await using scene = await WizardScene.make();
    const answers = ['add', 'Wi Ki', 'echo', 'wiki', 'localhost:80', wiki.upstream];
    const { shown, wizard } = await atRoutes(scene, answers);
    const asked = followed(shown, 'add');
    expect(asked).toContain('\nAdd a route\n');
    expect(asked).toMatch(
      /^Name: Wi Ki\n✗ .+\nName: echo\n✗ There is a route echo already\.\nName: wiki\nUpstream: localhost:80\n✗ /msu,
    );
    expect(asked).toContain(`\n2. wiki\n`);
    expect(wizard.state.draft.routes).toEqual([echo, wiki]);
  });

  test('add takes NAME=URL at once', async () => {
    await using scene = await WizardScene.make();
    const { shown, wizard } = await atRoutes(scene, ['a', `wiki=${wiki.upstream}`]);
    expect(followed(shown, 'a')).not.toContain('Upstream: ');
    expect(wizard.state.draft.routes).toEqual([echo, wiki]);
  });

  test('back leaves the form with nothing added', async () => {
    await using scene = await WizardScene.make();
    const answers = ['add', 'back', 'add', 'wiki', '?', 'back', 'edit 1', 'back'];
    const { shown, wizard, headings } = await atRoutes(scene, answers);
    expect(shown).toContain(`Upstream: ?
scheme://host:port without a path, as the proxy’s container reaches it: private IPv4 or a name, not
localhost.
  back  out of these questions
`);
    expect(wizard.state.draft.routes).toEqual([echo]);
    expect(headings.at(-1)).toBe('Routes');
  });

  test('edit keeps what Enter takes', async () => {
    await using scene = await WizardScene.make();
    const answers = [
      'add',
      'wiki',
      wiki.upstream,
      'edit 2',
      '',
      'http://10.0.0.7:80',
      'e 2',
      'w',
      '',
    ];
    const { shown, wizard } = await atRoutes(scene, answers);
    expect(followed(shown, 'edit 2')).toMatch(
      /^\nEdit the route wiki\n.*^Name \[wiki\]: \nUpstream \[http:\/\/10\.0\.0\.5:8000\]: http:\/\/10\.0\.0\.7:80\n/msu,
    );
    expect(wizard.state.draft.routes).toEqual([
      echo,
      { name: 'w', upstream: 'http://10.0.0.7:80' },
    ]);
  });

  test('remove takes the one with that number away, and the last one is missed', async () => {
    await using scene = await WizardScene.make();
    const { shown, wizard, headings } = await atRoutes(scene, ['remove 2', 'd 1', '', 'edit']);
    const which = '✗ Which one? Expected: ';
    expect(followed(shown, 'remove 2')).toBe(`${which}the number of a route, 1 to 1.\n`);
    expect(followed(shown, 'd 1')).toContain('s  sample server  off\n');
    expect(followed(shown, '')).toMatch(/^✗ Not possible yet\. At least one route is needed\./u);
    expect(followed(shown, 'edit')).toBe(`${which}there is no route yet.\n`);
    expect(wizard.state.draft.routes).toEqual([]);
    expect(headings.at(-1)).toBe('Routes');
  });

  test('sample switches the sample server and its route', async () => {
    await using scene = await WizardScene.make();
    const answers = ['sample of', 'sample off', 'sample off', 's', 'sample on'];
    const { shown, wizard } = await atRoutes(scene, answers);
    expect(followed(shown, 'sample of')).toBe('✗ Expected: sample on, or sample off.\n');
    expect(followed(shown, 'sample off')).toContain('s  sample server  off\n');
    expect(followed(shown, 's')).toContain('s  sample server  on: ');
    expect(wizard.state.draft.routes).toEqual([echo]);
  });

  test('upstream asks for addresses, a CA file, and the public CAs', async () => {
    await using scene = await WizardScene.make();
    await writeFile(join(scene.host.outside, 'ca.pem'), 'a PEM');
    const https = { name: 'https', upstream: 'https://10.0.0.8:443' };
    const settings = ['10.0.0.0/33', '10.0.0.0/8, 172.16.0.0/12', 'ca.pem', 'maybe', 'yes'];
    const answers = [
      'add',
      'https',
      https.upstream,
      'upstream',
      ...settings,
      'u',
      'none',
      'none',
      '',
    ];
    const { shown, wizard } = await atRoutes(scene, answers);
    expect(followed(shown, 'add')).toContain('https: no CA yet');
    const asked = followed(shown, 'upstream');
    expect(asked).toMatch(
      /^Allowed addresses \(allowed_ips\) \[the private ranges\]: 10\.0\.0\.0\/33\n✗ .*?^Allowed addresses .*?^CA file for https upstreams \[none\]: ca\.pem\nTrust public CAs \(yes or no\) \[no\]: maybe\n✗ Expected true or false\.\nTrust public CAs \(yes or no\) \[no\]: yes\n/msu,
    );
    expect(asked).toContain(
      'u  upstreams      10.0.0.0/8, 172.16.0.0/12; https: the CA in ca.pem and public CAs\n',
    );
    expect(followed(shown, 'u')).toContain('[10.0.0.0/8, 172.16.0.0/12]: none\n');
    expect(scene.trusted.get('https://10.0.0.8/mcp')).toMatchObject({ systemCas: true });
    expect(wizard.state.draft).toMatchObject({
      allowedIps: '',
      upstreamCa: '',
      upstreamSystemCas: true,
    });
  });

  test('probe asks again', async () => {
    await using scene = await WizardScene.make();
    const wizard = await scene.open({
      ...sampleGiven,
      routes: { value: { wiki: wiki.upstream }, source: '--route' },
    });
    const listen = () => {
      scene.upstreams.set('http://10.0.0.5:8000/mcp', { kind: 'http', status: 404 });
    };
    const answers = [...toRoutes, listen, 'probe', 'quit'];
    const { page } = await talk(scene, wizard, answers);
    expect(page('Routes')).toContain('! nothing listens at 10.0.0.5:8000');
    expect(followed(page('Routes'), 'probe')).toContain('404');
  });

  test('that contradict the other answers are explained and refused', async () => {
    await using scene = await WizardScene.make();
    const { shown, headings } = await atRoutes(scene, ['add', 'web', 'http://8.8.8.8:80', '']);
    expect(followed(shown, 'add')).toContain('✗ ');
    expect(followed(shown, '')).toMatch(/^✗ Not possible yet\. Route web has to be mended/u);
    expect(headings.at(-1)).toBe('Routes');
  });

  test('are kept when the way leads back and forth', async () => {
    await using scene = await WizardScene.make();
    const answers = ['add', `wiki=${wiki.upstream}`, 'back', 'later'];
    const { wizard, headings } = await atRoutes(scene, answers);
    expect(headings.slice(6)).toEqual(['Routes', 'Register the CA', 'Routes']);
    expect(wizard.state.draft.routes).toEqual([echo, wiki]);
  });
});
