import { expect, test } from 'vitest';
import { judgeStatus } from '../../../src/domain/status.ts';
import { StatusObserver } from '../../../src/steps/status/observer.ts';
import { detailsOf, HandMadeScene } from '../../fakes/hand-made-scene.ts';
import { variants } from '../../fakes/hand-made-texts.ts';
import { tokenText } from '../../fakes/sample-answers.ts';

async function look(scene: HandMadeScene) {
  const settings = { self: ['mcp-tunnel'], rehearsal: false };
  const observer = new StatusObserver(scene.ports, scene.dir, settings);
  const observation = await observer.observe(new AbortController().signal);
  const { items } = judgeStatus(observation);
  const text = JSON.stringify({ observation, items });
  expect(text).not.toContain(tokenText().slice(0, 24));
  return { observation, item: (id: string) => items.find((each) => each.id === id) };
}

test.each(variants)('a stack from the %s is looked at as it is', async (variant) => {
  await using scene = await HandMadeScene.made(variant, 'env');
  const { observation, item } = await look(scene);
  expect(observation).toMatchObject({ project: 'tunnel', token: { in: 'env' } });
  expect(item('layout')?.found).toContain(`service ${scene.service}, config/${scene.service}.yaml`);
  expect(item('layout')?.found).toContain('install --dir');
  for (const id of [`container-${scene.service}`, 'container-cloudflared', 'stranded', 'token'])
    expect(item(id), id).toMatchObject({ status: 'pass' });
  expect(item('route-echo')).toBeDefined();
  expect(item(`image-${scene.service}`)).toBeDefined();
});

test('a token in a container alone is due', async () => {
  await using scene = await HandMadeScene.made('guide', 'shell');
  const { observation, item } = await look(scene);
  expect(observation.token).toMatchObject({ in: 'container' });
  expect(item('token')).toMatchObject({ status: 'warn', due: expect.anything() });
  expect(item('token')?.found).toContain('c0ffee00-1234-4abc-9def-0123456789ab');
});

test('so is another one than .env has', async () => {
  await using scene = await HandMadeScene.made('plugin', 'env');
  const other = tokenText('exported in a shell, and forgotten');
  scene.engine.detailsThere.set(
    'cloudflared',
    detailsOf('cloudflared', ['A=b', `TUNNEL_TOKEN=${other}`]),
  );
  const { item } = await look(scene);
  expect(item('token')?.found).toContain('cloudflared runs with another one');
  expect(item('token')?.fix).toContain('up -d cloudflared');
});

test('a proxy that was started after cloudflared strands it under its own name, too', async () => {
  await using scene = await HandMadeScene.made('former-guide', 'env');
  scene.engine.change('mcp-gateway', { startedAt: new Date('2100-01-02T00:00:00Z') });
  const { item } = await look(scene);
  expect(item('stranded')).toMatchObject({ status: 'fail' });
});
