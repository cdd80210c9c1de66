import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saneModes } from '../terminal/emulator.ts';
import { inTerminal } from '../terminal/in-terminal.ts';
import {
  haltEngine,
  killEngine,
  type RunningEngine,
  resumeEngine,
  startEngine,
  stopEngine,
} from './harness/engine.ts';
import { withStandIn } from './harness/images.ts';
import { type Account, output } from './harness/inside.ts';
import {
  deploymentState,
  finishOf,
  type Installation,
  prepareInstallation,
  serviceOf,
} from './harness/installation.ts';
import { onEachEngine, type Stand } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';
import { vendorOf } from './harness/vendor-client.ts';
import { capturesOf, launchMs, leaksOf, WizardPerson, welcomes } from './harness/wizard-person.ts';
import { openWizard, type WizardWindow } from './harness/wizard-window.ts';

/** The design's, and what a person was promised. */
const mostDecisions = 8;

/** Presses Enter on the summary; then the terminal is as it was, and no capture holds the token. */
async function finish(
  { window, settings }: WizardWindow,
  { tunnel }: Installation,
  code = 0,
): Promise<void> {
  window.press('enter');
  expect(await window.exited, window.picture()).toEqual({ code, signal: null });
  expect(window.modes()).toEqual(saneModes);
  const { before, after } = await settings();
  expect(after).toBe(before);
  for (const { place, bytes } of capturesOf(window))
    expect(bytes.includes(tunnel.domain), place).toBe(true);
  expect(leaksOf(tunnel.token, window)).toEqual([]);
}

/** Everything of a deployment but when it was written, and what its keys and certificates are. */
async function comparable(dir: string): Promise<unknown> {
  const state = Object.entries(await deploymentState(dir));
  return state.map(([path, { mode, uid, gid, content }]) => {
    const isKey = /^data\/(?:ca|tls)\.(?:crt|key)$/u.test(path);
    const text = content === undefined ? 'folder' : Buffer.from(content, 'base64').toString();
    return { path, mode, uid, gid, content: isKey ? 'its own' : text };
  });
}

async function runningContainers({ containers }: Installation): Promise<readonly string[]> {
  return (await containers()).map(({ Id, State }) => `${Id} ${State.StartedAt}`).sort();
}

inTerminal('the wizard', () => {
  onEachEngine(
    'in a terminal',
    (stand, flavour) => {
      const prepare = useInstallations(stand);

      test.for(['root', 'operator'] as const)(
        'as %s: from a bare directory to level 3, level 4 from the edge, and a second start',
        async (account, context) => {
          const { engine } = stand();
          const light = { engine, images: withStandIn(stand().images) };
          const vendor = vendorOf(engine);
          const registersLater = (flavour === 'engine-20.10') === (account === 'root');
          const installation = await prepare(account, `wizard-${account}`);
          const { dir, tunnel } = installation;

          const first = await openWizard(context, light, installation);
          const person = new WizardPerson(first.window);
          await person.toTunnel();
          await person.giveTunnel(tunnel);
          const pem = await person.toCa();
          expect(await output(engine, ['cat', join(dir, 'data/ca.crt')])).toBe(pem.trimEnd());
          if (!registersLater) await vendor.registerCertificate(tunnel.tunnel, pem);
          await person.decide('Enter: I have registered it', registersLater ? 's' : 'enter');
          await person.toLaunch();
          await person.summary();
          expect(first.window.screen().join('\n')).toContain('Verified to level 3 of 4');
          const { decisions, pastes } = person;
          console.log(`${flavour}, ${account}: ${decisions} decisions, ${pastes} paste`);
          expect(decisions).toBeLessThanOrEqual(mostDecisions);
          expect(pastes).toBe(1);

          const unregistered = await comparable(dir);
          if (registersLater) {
            expect(first.window.screen().join('\n')).toContain('Your turn');
            await vendor.registerCertificate(tunnel.tunnel, pem);
            await person.decide('y I have registered it', 'y');
            await first.window.waitFor(
              (screen) =>
                screen.some((row) => row.includes('Verified to level 3 of 4')) &&
                !screen.some((row) => row.includes('Your turn')),
              launchMs,
            );
          }
          await finish(first, installation);
          const told = first.window.scrollback().split('\n');
          expect(told).toContain('Verified to level 3 of 4');
          expect(told).toContain(`https://echo.${tunnel.domain}/mcp`);
          expect(told.join('\n')).not.toContain('Your turn');
          expect((await installation.containers()).map(serviceOf).sort()).toEqual([
            ...['cloudflared', 'hello-mcp', 'mcp-proxy'],
          ]);

          const url = `https://echo.${tunnel.domain}/mcp`;
          const call = { url, tool: 'hello', arguments: { name: 'tunnel' } };
          expect(await vendor.callTool(call)).toMatchObject({ text: 'Hello, tunnel!' });

          const before = await deploymentState(dir);
          const running = await runningContainers(installation);
          const second = await openWizard(context, light, installation);
          await second.window.waitFor(welcomes.deployed);
          const home = (await second.window.waitFor('Healthy:', launchMs)).join('\n');
          expect(home).toContain(tunnel.domain);
          expect(home).toMatch(/Healthy: 4 connections .*1 of 1 routes\s+answer from here/su);
          expect(home).toMatch(/certificate\s+until 20\d\d-/u);
          await new WizardPerson(second.window).throughDeployment();
          await finish(second, installation);
          expect(await deploymentState(dir)).toEqual(before);
          expect(await runningContainers(installation)).toEqual(running);

          if (!registersLater) return;
          // The same answers in the same place, without a terminal.
          await installation.remove();
          await output(engine, ['mkdir', '-p', dirname(dir)], { as: account });
          const headless = await installation.install();
          expect(finishOf(headless).failure).toBeUndefined();
          expect(headless.code).toBe(10);
          expect(await comparable(dir)).toEqual(unregistered);
        },
      );

      describe('Docker stops', () => {
        const account: Account = flavour === 'engine-20.10' ? 'operator' : 'root';
        const stop: (engine: RunningEngine) => Promise<void> =
          flavour === 'engine-20.10' ? haltEngine : killEngine;
        /** An engine of this test alone, with nothing pulled yet. */
        let own: Stand;
        let end = async () => {};
        beforeAll(async () => {
          const { engine, images } = stand();
          const dir = join(engine.dir, `../${flavour}-wizard`);
          const started = await startEngine(engine.flavour, dir, join(dir, '../registry'));
          own = { engine: started.engine, images: withStandIn(images) };
          end = async () => {
            await stopEngine(started.process);
            await rm(dir, { recursive: true, force: true });
          };
        });
        afterAll(() => end());

        test('on screens of questions, and during the launch: named, and gone on from there', async (context) => {
          const installation = await prepareInstallation(own, account, 'stopping');
          const { tunnel } = installation;
          const wizard = await openWizard(context, own, installation);
          const { window } = wizard;
          const person = new WizardPerson(window);
          await person.toTunnel();
          await person.giveTunnel(tunnel);

          await haltEngine(own.engine);
          window.press('escape');
          await window.waitFor('How does this host get its tunnel?');
          window.press('escape');
          await window.waitFor('✗ Docker Engine');
          await window.waitFor('then press r');
          window.press('enter');
          await window.waitFor('Going on is not possible');
          await resumeEngine(own.engine);
          window.type('r');
          await person.decide(/All good\.|you can go on/u);
          await person.decide('How does this host get its tunnel?');
          const kept = (await window.waitFor(`✓ token of tunnel ${tunnel.tunnel}`)).join('\n');
          expect(kept).toContain(tunnel.domain);

          await person.toCa();
          await person.decide('Enter: I have registered it', 's');
          await window.waitFor('1 to be asked once the stack runs');
          await haltEngine(own.engine);
          window.press('enter');
          const unplanned = (await window.waitFor('There is no plan yet')).join('\n');
          expect(unplanned).toContain('[docker-not-running]');
          await resumeEngine(own.engine);
          window.type('r');

          await person.decide('Nothing of this is done yet.');
          await window.waitFor('✓ Images', launchMs);
          await window.waitFor(/compose +│/u, launchMs);
          await stop(own.engine);
          const failed = (await window.waitFor('r try again', launchMs)).join('\n');
          // Whose answer was on its way sees the connection break off.
          expect(failed).toMatch(/\[docker-(?:not-running|failed)\]/u);
          expect(failed).toContain('Next');
          await resumeEngine(own.engine);
          window.type('r');

          await person.decide('Nothing of this is done yet.');
          expect((await person.summary()).join('\n')).toContain('Verified to level 3 of 4');
          const containers = await installation.containers();
          expect(containers.map(({ State }) => State.Status)).toEqual([
            ...['running', 'running', 'running'],
          ]);
          await finish(wizard, installation, 10);
          await installation.remove();
        });
      });
    },
    { concurrent: true },
  );
});
