import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Wizard } from '../../../src/surfaces/wizard/wizard.ts';
import { until, WizardScene } from '../../fakes/wizard-scene.ts';

const token = 'ab12cd34ef56';
const list = `version: 1
hosts:
  - name: vm-2
    note: Frankfurt
  - name: vm-7     # this host
  - name: vm-3
`;

let scene: WizardScene;
beforeEach(async () => {
  scene = await WizardScene.make();
  await scene.install();
  await writeFile(scene.host.deployment.hosts, list);
});
afterEach(() => scene[Symbol.asyncDispose]());

const record = () => scene.host.deployment.switchedHosts;

async function afterRotation(hosts: Readonly<Record<string, string>> = {}): Promise<void> {
  await writeFile(record(), JSON.stringify({ version: 1, token, hosts }));
}

async function opened(): Promise<Wizard> {
  const wizard = await scene.openAgain();
  wizard.choose('hosts');
  await wizard.hosts.settled();
  return wizard;
}

const boxes = ({ state }: Wizard) =>
  state.hosts.rows.map(({ name, done }) => `${done ? 'x' : ' '} ${name}`);

describe('the list of other hosts', () => {
  test('is without this host, with what to type for each', async () => {
    const wizard = await opened();
    expect(wizard.state.page).toBe('hosts');
    expect(wizard.state.hosts).toMatchObject({
      token: undefined,
      rows: [
        {
          name: 'vm-2',
          note: 'Frankfurt',
          command: `ssh -t vm-2 'mcp-tunnel rotate-token --dir ${scene.dir}'`,
        },
        { name: 'vm-3' },
      ],
    });
  });

  test('is ticked off over days: it is remembered for which token', async () => {
    await afterRotation({ 'vm-3': 'an older one' });
    const wizard = await opened();
    expect(boxes(wizard)).toEqual(['  vm-2', '  vm-3']);
    wizard.hosts.tick('vm-2', true);
    expect(boxes(wizard)).toEqual(['x vm-2', '  vm-3']);
    await wizard.hosts.settled();
    expect(wizard.state.hosts.problem).toBeUndefined();
    expect(JSON.parse(await readFile(record(), 'utf8'))).toEqual({
      version: 1,
      token,
      hosts: { 'vm-2': token },
    });

    const later = await opened();
    expect(boxes(later)).toEqual(['x vm-2', '  vm-3']);
    later.hosts.tick('vm-3', true);
    later.hosts.tick('vm-2', false);
    await later.hosts.settled();
    expect(boxes(await opened())).toEqual(['  vm-2', 'x vm-3']);
  });

  test('that cannot be read says where it is wrong', async () => {
    await writeFile(scene.host.deployment.hosts, 'version: 1\nhosts:\n\t- name: vm-2\n');
    const wizard = await opened();
    expect(wizard.state.hosts.rows).toEqual([]);
    expect(wizard.state.hosts.problem).toMatchObject({
      code: 'file-malformed',
      summary: expect.stringContaining('.mcp-tunnel/hosts.yaml, line 3'),
    });
  });

  test('a tick that cannot be kept is taken back, and said', async () => {
    await afterRotation();
    const wizard = await opened();
    await writeFile(scene.host.deployment.hosts, 'version: 1\n');
    wizard.hosts.tick('vm-2', true);
    await wizard.hosts.settled();
    expect(boxes(wizard)).toEqual(['  vm-2', '  vm-3']);
    expect(wizard.state.hosts.problem?.summary).toBe('A host is not listed.');
  });

  test('leads back home, and is no end of anything', async () => {
    const wizard = await opened();
    wizard.next();
    expect(wizard.state).toMatchObject({ page: 'home', way: 'install' });
  });

  test('what was ticked is known to the home screen that one goes back to', async () => {
    await afterRotation({ 'vm-2': token });
    const wizard = await opened();
    wizard.hosts.tick('vm-3', true);
    wizard.next();
    await until(wizard, ({ looking }) => !looking);
    const { look } = wizard.state;
    const items = look.kind === 'seen' ? look.status.items : [];
    expect(items.find(({ id }) => id === 'hosts')).toMatchObject({ status: 'pass' });
  });

  test('is named where the new token is asked for', async () => {
    const wizard = await scene.openAgain();
    wizard.choose('rotate-token');
    await until(wizard, ({ hosts }) => hosts.rows.length === 2);
    expect(wizard.state.page).toBe('new-token');
  });
});
