import { describe } from 'vitest';
import { doctorSeen, pathsWith } from '../../fakes/sample-doctor.ts';
import { testTable } from './table.ts';

const dir = '/srv/mcp-tunnel';
const install = `mcp-tunnel install --dir ${dir}`;
const mapped = { ...doctorSeen().files, ownersHold: false };

describe('who may read what', () => {
  testTable([
    [
      'tls.key for everyone, behind a closed directory',
      { files: pathsWith('data/tls.key', { mode: 0o644 }) },
      'tls-key-mode',
      'fail',
      'mode 0644, owner 65532:65532: every user of this host can read it, once they get past the deployment’s directory',
      `${install}   (sets owner and mode; by hand: sudo chown 65532:65532 ${dir}/data/tls.key && sudo chmod 0400 ${dir}/data/tls.key)`,
    ],
    [
      'tls.key of root alone: the proxy cannot read it',
      { files: pathsWith('data/tls.key', { mode: 0o600, uid: 0, gid: 0 }) },
      'tls-key-mode',
      'fail',
      'mode 0600, owner 0:0: the user of mcp-proxy cannot read it',
      /^mcp-tunnel install/u,
    ],
    [
      'tls.key for the containers’ group is read, and by nobody else',
      { files: pathsWith('data/tls.key', { mode: 0o440, uid: 0, gid: 65532 }) },
      'tls-key-mode',
      'pass',
      'mode 0440, owner 0:65532',
    ],
    [
      'tls.key for another group, too',
      { files: pathsWith('data/tls.key', { mode: 0o440, gid: 50 }) },
      'tls-key-mode',
      'warn',
      'mode 0440, owner 65532:50: the group 50 can read it, too',
      /^mcp-tunnel install/u,
    ],
    [
      'no tls.key',
      { files: pathsWith('data/tls.key', 'gone') },
      'tls-key-mode',
      'fail',
      'there is no data/tls.key',
      install,
    ],
    [
      'a link in its place',
      { files: pathsWith('data/tls.key', { kind: 'link' }) },
      'tls-key-mode',
      'fail',
      'it is no plain file but a link',
      /^mcp-tunnel install/u,
    ],
    [
      'an engine that maps user ids: owners are not judged',
      { files: mapped },
      'tls-key-mode',
      'skip',
      'not known: mode 0400, owner 65532:65532; the engine maps user ids, so this owner is not the container’s',
    ],
    [
      'the token for everyone',
      { files: pathsWith('credentials/tunnel-token', { mode: 0o444 }) },
      'token-mode',
      'fail',
      /^mode 0444, owner 65532:65532: every user of this host can read it/u,
      /^mcp-tunnel install .*chmod 0400 \/srv\/mcp-tunnel\/credentials\/tunnel-token\)$/u,
    ],
    [
      'the token for the operator alone: cloudflared cannot read it',
      { files: pathsWith('credentials/tunnel-token', { mode: 0o600, uid: 1000, gid: 1000 }) },
      'token-mode',
      'fail',
      'mode 0600, owner 1000:1000: the user of cloudflared cannot read it',
      /^mcp-tunnel install/u,
    ],
    [
      'the CA’s key for the container',
      { files: pathsWith('data/ca.key', { uid: 65532 }) },
      'ca-key-mode',
      'fail',
      'mode 0600, owner 65532:1000: mcp-proxy’s container can read it',
      `sudo chown "$(id -u)" ${dir}/data/ca.key && sudo chmod 600 ${dir}/data/ca.key   (or keep it off this host: renew-cert takes --ca-key FILE)`,
    ],
    [
      'the CA’s key as the vendor’s setup leaves it',
      {
        files: {
          ownersHold: true,
          paths: [
            ...pathsWith('data/ca.key', { uid: 65532 }).paths,
            ...pathsWith('data/tunnel-id', { mode: 0o600 }).paths.slice(-1),
          ],
        },
      },
      'ca-key-mode',
      'warn',
      'mode 0600, owner 65532:1000: mcp-proxy’s container can read it; the vendor’s layout has it so',
      /whoever gets into mcp-proxy can sign certificates/u,
    ],
    [
      'the CA’s key for everyone',
      { files: pathsWith('data/ca.key', { mode: 0o644 }) },
      'ca-key-mode',
      'fail',
      'mode 0644, owner 1000:1000: every user of this host, and mcp-proxy’s container, can read it',
      `chmod 600 ${dir}/data/ca.key   (or keep it off this host: renew-cert takes --ca-key FILE)`,
    ],
    [
      'the CA’s key elsewhere',
      { files: pathsWith('data/ca.key', 'gone') },
      'ca-key-mode',
      'pass',
      'it is not on this host',
    ],
    [
      '.env with a token, for everyone',
      { files: pathsWith('.env', { mode: 0o644 }), envHoldsMore: true },
      'env-mode',
      'fail',
      'mode 0644, owner 1000:1000: other users of this host can read what it sets, a token among it or not',
      `chmod 600 ${dir}/.env`,
    ],
    [
      '.env with the project’s name alone, for everyone',
      { files: pathsWith('.env', { mode: 0o644 }) },
      'env-mode',
      'warn',
      'mode 0644, owner 1000:1000',
      `chmod 600 ${dir}/.env`,
    ],
    [
      'the directory open to others',
      { files: pathsWith('.', { mode: 0o755 }) },
      'directory-mode',
      'warn',
      'mode 0755, owner 1000:1000: other users can enter the deployment’s directory',
      `chmod 700 ${dir}`,
    ],
    [
      'data/ that everyone can write in',
      { files: pathsWith('data', { mode: 0o777 }) },
      'directory-mode',
      'fail',
      'every user of this host can write in data/',
      install,
    ],
    [
      'data/ that the proxy cannot enter',
      { files: pathsWith('data', { mode: 0o700 }) },
      'directory-mode',
      'fail',
      'mcp-proxy cannot enter data/',
      install,
    ],
    [
      'a configuration for the operator alone',
      { files: pathsWith('config/mcp-proxy.yaml', { mode: 0o600 }) },
      'readable-files',
      'fail',
      'the container’s user cannot read config/mcp-proxy.yaml (mcp-proxy; mode 0600, owner 1000:1000)',
      `${install}   (sets the modes; by hand: chmod 644 ${dir}/config/mcp-proxy.yaml)`,
    ],
  ]);
});
