import { describe, expect, test } from 'vitest';
import { parsed, problem } from '../../../src/domain/result.ts';
import { checksOf, doctorSeen } from '../../fakes/sample-doctor.ts';
import { testTable } from './table.ts';

const dir = '/srv/mcp-tunnel';
const install = `mcp-tunnel install --dir ${dir}`;
const inEnv = { ...doctorSeen().status.token, in: 'env' } as const;

describe('this host', () => {
  testTable([
    [
      'a token in the shell, beside the one in .env',
      {
        shell: ['TUNNEL_TOKEN'],
        status: { token: { ...inEnv, changedAt: new Date(0), content: undefined } },
      },
      'shell-environment',
      'warn',
      'TUNNEL_TOKEN: a docker compose up typed in this shell takes its TUNNEL_TOKEN instead of the one in .env',
      'unset TUNNEL_TOKEN   (and take it out of the shell’s start files)',
    ],
    [
      'variables that Compose goes by',
      { shell: ['COMPOSE_FILE', 'COMPOSE_PROJECT_NAME'] },
      'shell-environment',
      'warn',
      /^COMPOSE_FILE, COMPOSE_PROJECT_NAME: a docker compose typed in this shell may work on another project/u,
      'unset COMPOSE_FILE COMPOSE_PROJECT_NAME   (and take it out of the shell’s start files)',
    ],
    [
      'a file that Compose refuses',
      {
        composeAccepts: problem(
          'services.cloudflared additional property netwrk_mode is not allowed',
        ),
      },
      'compose-file',
      'fail',
      'Compose refuses it: services.cloudflared additional property netwrk_mode is not allowed',
      `cd ${dir} && docker compose config --quiet   (names the line)`,
    ],
    [
      'a file that is no YAML',
      { status: { services: problem('docker-compose.yaml, line 3: not valid YAML: a tab') } },
      'compose-file',
      'fail',
      'docker-compose.yaml, line 3: not valid YAML: a tab',
      `Correct it, or move it away and run: ${install}`,
    ],
    [
      'a Compose that could not be asked',
      { composeAccepts: undefined },
      'compose-file',
      'skip',
      'not known: Compose could not be asked',
    ],
    [
      'an override of the operator’s',
      {
        overrides: [
          {
            name: 'docker-compose.override.yaml',
            services: parsed([
              { name: 'wiki', changes: false },
              { name: 'mcp-proxy', changes: true },
            ]),
          },
        ],
      },
      'override-file',
      'pass',
      'docker-compose.override.yaml is yours: it adds wiki; changes mcp-proxy',
    ],
    [
      'two overrides',
      {
        overrides: ['yaml', 'yml'].map((ending) => ({
          name: `docker-compose.override.${ending}`,
          services: parsed([]),
        })),
      },
      'override-file',
      'warn',
      'there are two: docker-compose.override.yaml and docker-compose.override.yml; Compose takes one of them',
      'Join them in one file.',
    ],
    [
      'an override that is no YAML',
      { overrides: [{ name: 'docker-compose.override.yml', services: problem('line 1: a tab') }] },
      'override-file',
      'fail',
      'docker-compose.override.yml: line 1: a tab',
      'Correct docker-compose.override.yml; it is yours.',
    ],
    [
      'a file that somebody changed',
      {
        drift: parsed([
          {
            path: 'docker-compose.yaml',
            missing: false,
            why: 'cloudflared.network_mode added',
            diff: ['-old', '+new'],
          },
        ]),
      },
      'drift-docker-compose.yaml',
      'warn',
      'cloudflared.network_mode added',
      `${install} --dry-run   (shows the whole difference; without --dry-run it is taken back)`,
    ],
    [
      'a file that is gone',
      { drift: parsed([{ path: '.gitignore', missing: true, why: undefined, diff: [] }]) },
      'drift-.gitignore',
      'warn',
      'it is not there',
      /^mcp-tunnel install .* --dry-run/u,
    ],
    [
      'a deployment made by hand',
      { drift: problem('there is no .mcp-tunnel/answers.yaml: mcp-tunnel did not install this') },
      'drift',
      'skip',
      'not known: there is no .mcp-tunnel/answers.yaml: mcp-tunnel did not install this',
    ],
  ]);

  test('a difference is shown, at most twelve lines of it', () => {
    const diff = Array.from({ length: 40 }, (_, line) => `+${line}`);
    const seen = doctorSeen({
      drift: parsed([{ path: 'x', missing: false, why: undefined, diff }]),
    });
    expect(checksOf(seen).get('drift-x')?.evidence).toEqual(diff.slice(0, 12));
  });
});
