import type { ContainerInspectInfo } from 'dockerode';
import { expect, test } from 'vitest';
import { containerDetails } from '../../../src/adapters/docker/container-details.ts';

/** As an engine writes it; it leaves out, or writes null for, what was not asked for. */
function inspected(change: Record<string, unknown> = {}): ContainerInspectInfo {
  return {
    Id: 'ab',
    State: { OOMKilled: false, Error: '', FinishedAt: '0001-01-01T00:00:00Z' },
    Config: { User: '65532:65532', Entrypoint: ['cloudflared'], Cmd: null, Env: ['A=b'] },
    HostConfig: {
      NetworkMode: 'container:cd',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      LogConfig: { Type: 'json-file', Config: {} },
    },
    Mounts: [{ Type: 'bind', Source: '/srv/d/data', Destination: '/data', RW: false }],
    ...change,
  } as unknown as ContainerInspectInfo;
}

test('a container as the engine describes it', () => {
  expect(containerDetails(inspected())).toEqual({
    id: 'ab',
    user: '65532:65532',
    entrypoint: ['cloudflared'],
    command: [],
    environment: ['A=b'],
    networkMode: 'container:cd',
    mounts: [{ source: '/srv/d/data', target: '/data', readOnly: true }],
    readOnlyRoot: true,
    capDrop: ['ALL'],
    securityOptions: ['no-new-privileges:true'],
    logDriver: 'json-file',
    stopTimeout: undefined,
    outOfMemory: false,
    error: '',
    finishedAt: undefined,
  });
});

test('what the engine leaves out is empty', () => {
  const details = containerDetails(
    inspected({
      State: { OOMKilled: true, Error: 'no such file', FinishedAt: '2026-11-24T10:00:00Z' },
      Config: { StopTimeout: 40 },
      HostConfig: {},
      Mounts: undefined,
    }),
  );
  expect(details).toMatchObject({
    ...{ user: '', entrypoint: [], environment: [], networkMode: '', mounts: [], logDriver: '' },
    ...{ stopTimeout: 40, outOfMemory: true, error: 'no such file' },
    finishedAt: new Date('2026-11-24T10:00:00Z'),
  });
});
