import { asFailure } from '../../domain/failure.ts';
import { type Check, type Judged, judgedFailure } from './check-context.ts';

/** Docker answers on this machine, as this user. */
export const dockerReachable: Check = async ({ ports }) => {
  const title = 'Docker Engine';
  const expected = 'a Docker Engine on this machine that this user may use';
  try {
    const info = await ports.engine.info();
    const found = `${info.version} on ${info.endpoint.host} (${info.endpoint.source})`;
    const results: Judged[] = [
      { result: { id: 'docker-reachable', title, status: 'pass', found, expected } },
    ];
    if (info.rootless) {
      results.push({
        result: {
          id: 'docker-rootless',
          title: 'Rootless engine',
          status: 'warn',
          found: 'the engine runs without root',
          expected: 'works, with limits',
          fix: 'Containers cannot reach services on this host’s loopback, and the engine stops with your session unless lingering is on: loginctl enable-linger',
        },
      });
    }
    return results;
  } catch (error) {
    return [judgedFailure('docker-reachable', title, expected, asFailure(error))];
  }
};

/** A Compose that works with this engine (design 4). */
export const composeUsable: Check = async ({ ports }) => {
  const title = 'Docker Compose';
  const expected = 'Compose v2, or v1 with an engine before 25';
  try {
    const { variant, version, command } = await ports.compose.info();
    const status = variant === 'v1' ? 'warn' : 'pass';
    return [
      {
        result: {
          id: 'compose-usable',
          title,
          status,
          found: `${command.join(' ')} ${version}`,
          expected,
          ...(variant === 'v1'
            ? { fix: 'Works. Compose v1 gets no more fixes: move to v2 with the next engine.' }
            : {}),
        },
      },
    ];
  } catch (error) {
    return [judgedFailure('compose-usable', title, expected, asFailure(error))];
  }
};
