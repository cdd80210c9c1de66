import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  Compose,
  ComposeProject,
  ContainerEvent,
  ContainerInfo,
  Engine,
  LogLine,
  PullProgress,
} from '../../src/ports/engine.ts';

/** A pair of adapters, and a small project for them to run. */
export interface EngineStand {
  readonly engine: Engine;
  readonly compose: Compose;
  /** Its files are written; nothing of it runs. */
  readonly project: ComposeProject;
  /** Every service of the project. */
  readonly services: readonly string[];
  /** A service that writes `startLine` at each start, once, runs on, and ends when it is stopped. */
  readonly service: string;
  readonly startLine: RegExp;
  /** Reference by digest of the service's image: can be pulled, is not on the engine yet. */
  readonly image: string;
  /** A reference that nobody has, of a registry that answers. */
  readonly missingImage: string;
  /** Makes the project's file one that Compose refuses; `mendFile` undoes it. */
  breakFile(): Promise<void>;
  mendFile(): Promise<void>;
  dispose(): Promise<void>;
}

/** What flows rely on, whatever runs the containers: written against the ports alone. */
export function engineContract(name: string, setup: () => Promise<EngineStand>): void {
  describe(name, () => {
    let stand: EngineStand;
    beforeAll(async () => {
      stand = await setup();
    });
    afterAll(async () => {
      await stand?.dispose();
    });

    const ours = () =>
      stand.engine.containers({ project: stand.project.project, workingDir: stand.project.dir });
    const service = async (): Promise<ContainerInfo> => {
      const found = await stand.engine.containers({
        project: stand.project.project,
        service: stand.service,
      });
      expect(found).toHaveLength(1);
      const [only] = found;
      if (!only) throw new Error('no container');
      return only;
    };
    const started = ({ startedAt }: ContainerInfo): Date => {
      if (!startedAt) throw new Error('was never started');
      return startedAt;
    };
    /** Follows the log of the current start up to the first line that matches. */
    const upTo = async (id: string, pattern: RegExp): Promise<readonly LogLine[]> => {
      const seen: LogLine[] = [];
      for await (const line of stand.engine.logs(id, { follow: true })) {
        seen.push(line);
        if (pattern.test(line.text)) return seen;
      }
      throw new Error(`the log ended without ${pattern}: ${JSON.stringify(seen)}`);
    };

    test('engine and Compose say what they are', async () => {
      const info = await stand.engine.info();
      expect(info.version).toMatch(/^\d+\.\d+/);
      expect(info.endpoint.host).not.toBe('');
      const compose = await stand.compose.info();
      expect(compose.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(['v1', 'v2']).toContain(compose.variant);
      expect(stand.compose.argv(['up', '-d'])).toEqual([...compose.command, 'up', '-d']);
    });

    test('an image that is not here is pulled with progress, and is here afterwards', async () => {
      expect(await stand.engine.image(stand.image)).toBeUndefined();
      const progress: PullProgress[] = [];
      for await (const step of stand.engine.pull(stand.image)) progress.push(step);
      expect(progress.length).toBeGreaterThan(0);
      for (const { layer, status } of progress) {
        expect(layer).not.toBe('');
        expect(status).not.toBe('');
      }
      const image = await stand.engine.image(stand.image);
      expect(image?.id).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(image?.repoDigests).toContain(stand.image);
    });

    test('an image that nobody has is not found', async () => {
      const pulling = async () => {
        for await (const _ of stand.engine.pull(stand.missingImage)) {
          // Only the end counts.
        }
      };
      await expect(pulling()).rejects.toMatchObject({ code: 'image-not-found' });
      expect(await stand.engine.image(stand.missingImage)).toBeUndefined();
    });

    test('a pull that was called off ends with the reason', async () => {
      const reason = new Error('called off');
      const pulling = async () => {
        for await (const _ of stand.engine.pull(stand.image, AbortSignal.abort(reason))) {
          // Nothing is to come.
        }
      };
      await expect(pulling()).rejects.toBe(reason);
    });

    test('the project’s files are accepted, broken ones are refused with Compose’s words', async () => {
      await stand.compose.validate(stand.project);
      await stand.breakFile();
      try {
        await expect(stand.compose.validate(stand.project)).rejects.toMatchObject({
          code: 'compose-file-refused',
          found: expect.stringMatching(/\w/),
        });
      } finally {
        await stand.mendFile();
      }
      await stand.compose.validate(stand.project);
    });

    test('before the first start there is nothing', async () => {
      expect(await ours()).toEqual([]);
    });

    test('up starts every service', async () => {
      const lines: string[] = [];
      await stand.compose.up(stand.project, { onLine: (line) => lines.push(line) });
      for (const line of lines) expect(line).not.toContain('\u001b');
      const containers = await ours();
      expect(containers.map((each) => each.service).toSorted()).toEqual(stand.services.toSorted());
      for (const each of containers) {
        expect(each).toMatchObject({
          project: stand.project.project,
          workingDir: stand.project.dir,
          oneOff: false,
          state: 'running',
        });
        expect(started(each).getTime()).toBeGreaterThanOrEqual(each.createdAt.getTime());
      }
      const one = await service();
      expect(one.imageId).toBe((await stand.engine.image(stand.image))?.id);
    });

    test('containers are found by project, directory and service', async () => {
      const { project } = stand.project;
      expect(await stand.engine.containers({ project, workingDir: '/nowhere' })).toEqual([]);
      expect(await stand.engine.containers({ project: `${project}-other` })).toEqual([]);
      const everyone = await stand.engine.containers({});
      expect(everyone.filter((each) => each.project === project)).toHaveLength(
        stand.services.length,
      );
    });

    test('a container tells how it was made; one that is not there tells nothing', async () => {
      const { id } = await service();
      const details = await stand.engine.details(id);
      expect(details).toMatchObject({ id, networkMode: expect.stringMatching(/./u), error: '' });
      for (const { source, target } of details?.mounts ?? [])
        expect([source[0], target[0]]).toEqual(['/', '/']);
      expect(await stand.engine.details('0'.repeat(64))).toBeUndefined();
    });

    test('the project’s network has a subnet', async () => {
      const networks = await stand.engine.networks();
      const subnets = networks
        .filter((network) => network.project === stand.project.project)
        .flatMap((network) => network.subnets);
      expect(subnets.length).toBeGreaterThan(0);
      for (const subnet of subnets) expect(subnet).toMatch(/^\d+\.\d+\.\d+\.\d+\/\d+$/);
    });

    test('the log is followed from the start, with times', async () => {
      const one = await service();
      const lines = await upTo(one.id, stand.startLine);
      const at = lines.at(-1)?.at?.getTime() ?? 0;
      expect(at).toBeGreaterThan(one.createdAt.getTime() - 1000);
      expect(at).toBeLessThan(Date.now() + 1000);
      expect(lines.at(-1)?.text).not.toMatch(/\n/);
    });

    test('the log without following ends by itself; from a time on it leaves out what was before', async () => {
      const { id } = await service();
      const [first] = (await upTo(id, stand.startLine)).slice(-1);
      const whole: string[] = [];
      for await (const { text } of stand.engine.logs(id, { follow: false })) whole.push(text);
      expect(whole.filter((text) => stand.startLine.test(text))).toHaveLength(1);
      const since = new Date((first?.at?.getTime() ?? 0) + 1);
      const later: string[] = [];
      for await (const { text } of stand.engine.logs(id, { follow: false, since }))
        later.push(text);
      expect(later.filter((text) => stand.startLine.test(text))).toEqual([]);
    });

    test('following ends quietly when it is called off', async () => {
      const { id } = await service();
      const stop = new AbortController();
      let seen = 0;
      for await (const _ of stand.engine.logs(id, { follow: true, signal: stop.signal })) {
        seen += 1;
        stop.abort();
      }
      expect(seen).toBeGreaterThan(0);
      for await (const _ of stand.engine.logs(id, { follow: true, signal: stop.signal })) seen = -1;
      expect(seen).toBeGreaterThan(0);
    });

    test('a second up changes nothing', async () => {
      const before = await ours();
      await stand.compose.up(stand.project, {});
      const after = await ours();
      const identity = ({ id, startedAt }: ContainerInfo) => ({ id, startedAt });
      expect(after.map(identity)).toEqual(before.map(identity));
    });

    test('restart keeps the container, moves its start, and begins its log anew', async () => {
      const before = await service();
      await upTo(before.id, stand.startLine);
      await stand.compose.restart(stand.project, [stand.service]);
      const after = await service();
      expect(after.id).toBe(before.id);
      expect(after.state).toBe('running');
      expect(started(after).getTime()).toBeGreaterThan(started(before).getTime());
      const lines = await upTo(after.id, stand.startLine);
      expect(lines.filter(({ text }) => stand.startLine.test(text))).toHaveLength(1);
      expect(lines.at(-1)?.at?.getTime()).toBeGreaterThan(started(before).getTime());
    });

    test('what happens to the containers of a project is told, and ends quietly when it is called off', async () => {
      const { id } = await service();
      const { project, dir } = stand.project;
      const [stop, stopOthers] = [new AbortController(), new AbortController()];
      const events = await stand.engine.events({ project, workingDir: dir }, stop.signal);
      const others = await stand.engine.events({ project: `${project}-other` }, stopOthers.signal);
      await stand.compose.restart(stand.project, [stand.service]);
      const seen: ContainerEvent[] = [];
      for await (const event of events) {
        if (event.service === stand.service) seen.push(event);
        if (event.service === stand.service && event.action === 'start') stop.abort();
      }
      expect(seen.map(({ action }) => action).toSorted()).toEqual(
        expect.arrayContaining(['die', 'kill', 'start']),
      );
      expect(seen.at(-1)?.action).toBe('start');
      for (const event of seen) expect(event).toMatchObject({ id, project });
      expect(seen.find(({ action }) => action === 'die')?.exitCode).toBeTypeOf('number');
      expect(Math.abs((seen[0]?.at.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
      stopOthers.abort();
      for await (const event of others) throw new Error(`an event: ${event.action}`);
    });

    test('following ends when the container is stopped; it stays, and can be started again', async () => {
      const before = await service();
      await upTo(before.id, stand.startLine);
      const following = (async () => {
        for await (const _ of stand.engine.logs(before.id, { follow: true })) {
          // Only the end counts.
        }
      })();
      await stand.compose.stop(stand.project);
      await following;
      const stopped = await service();
      expect(stopped).toMatchObject({ id: before.id, state: 'exited' });
      await stand.compose.up(stand.project, {});
      expect(await service()).toMatchObject({ id: before.id, state: 'running' });
      await stand.compose.stop(stand.project, [before.service]);
      expect(await service()).toMatchObject({ id: before.id, state: 'exited' });
      await stand.compose.start(stand.project, [before.service]);
      expect(await service()).toMatchObject({ id: before.id, state: 'running' });
    });

    test('a container that is told to end does so, and is not brought back', async () => {
      const { id } = await service();
      let told = false;
      for await (const { text } of stand.engine.logs(id, { follow: true })) {
        // Once it is followed: a log that is opened just as its container ends may never end.
        if (told || !stand.startLine.test(text)) continue;
        told = true;
        await stand.engine.terminate(id);
      }
      expect(told).toBe(true);
      await stand.engine.terminate(id);
      expect(await service()).toMatchObject({ id, state: 'exited' });
      await stand.engine.terminate('0'.repeat(64));
      await stand.compose.start(stand.project, [stand.service]);
      expect(await service()).toMatchObject({ id, state: 'running' });
    });

    test('down removes containers and networks, and can be said twice', async () => {
      const { id } = await service();
      await stand.compose.down(stand.project);
      expect(await ours()).toEqual([]);
      const networks = await stand.engine.networks();
      expect(networks.filter(({ project }) => project === stand.project.project)).toEqual([]);
      for await (const _ of stand.engine.logs(id, { follow: true })) throw new Error('a line');
      await stand.compose.down(stand.project);
    });
  });
}
