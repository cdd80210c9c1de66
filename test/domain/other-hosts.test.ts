import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { Failure } from '../../src/domain/failure.ts';
import { readOtherHosts, rotateThere, withoutThisHost } from '../../src/domain/other-hosts.ts';
import { anyText, tunnelToken } from './foreign-texts.ts';

const good = `# who else runs this tunnel
version: 1
hosts:
  - name: vm-2
    note: Frankfurt, rack 7
  - name: ops@vm-3.example   # no note
    dir: /opt/mcp tunnel
`;

function failure(text: string): Failure {
  try {
    readOtherHosts(text);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('no failure');
}

describe('.mcp-tunnel/hosts.yaml', () => {
  test('lists hosts by name, with note and directory where they are given', () => {
    expect(readOtherHosts(good)).toEqual([
      { name: 'vm-2', note: 'Frankfurt, rack 7', dir: undefined },
      { name: 'ops@vm-3.example', note: undefined, dir: '/opt/mcp tunnel' },
    ]);
  });

  test.each([
    ['an empty file', ''],
    ['a comment alone', '# none yet\n'],
    ['no list', 'version: 1\n'],
    ['an empty list', 'version: 1\nhosts:\n'],
  ])('%s lists none', (_what, text) => {
    expect(readOtherHosts(text)).toEqual([]);
  });

  test.each([
    ['tabs', 'version: 1\nhosts:\n\t- name: vm-2\n', 3, /not valid YAML/u],
    ['a bracket that never closes', 'version: 1\nhosts: [\n', 3, /not valid YAML/u],
    ['a list alone', '- vm-2\n', 1, /is no map of settings/u],
    ['no version', 'hosts: []\n', 1, /does not say “version: 1”/u],
    ['another version', 'hosts: []\nversion: 2\n', 2, /does not say “version: 1”/u],
    ['a key that is mistyped', 'version: 1\nhost: []\n', 2, /did you mean hosts\?/u],
    ['a map of hosts', 'version: 1\nhosts:\n  vm-2: {}\n', 2, /hosts is no list/u],
    ['a bare name', 'version: 1\nhosts:\n  - vm-2\n', 3, /written as “- name: vm-2”/u],
    ['a mistyped key of a host', 'version: 1\nhosts:\n  - nam: vm-2\n', 3, /did you mean name\?/u],
    ['no name', 'version: 1\nhosts:\n  - note: x\n', 3, /a host needs a name/u],
    ['a name of two words', 'version: 1\nhosts:\n  - name: vm 2\n', 3, /no name that ssh takes/u],
    ['a flag', 'version: 1\nhosts:\n  - name: -oProxyCommand=x\n', 3, /no name that ssh takes/u],
    ['a name twice', 'version: 1\nhosts:\n  - name: a\n  - name: a\n', 4, /a is listed twice/u],
    ['a relative directory', 'version: 1\nhosts:\n  - name: a\n    dir: x\n', 4, /absolute path/u],
    ['a note that is a list', 'version: 1\nhosts:\n  - name: a\n    note: [1]\n', 4, /a note is/u],
  ])('with %s is refused, with the line', (_what, text, line, summary) => {
    const refused = failure(text);
    expect(refused.code).toBe('file-malformed');
    expect(refused.summary).toMatch(summary);
    expect(refused.summary).toContain(`.mcp-tunnel/hosts.yaml, line ${line}:`);
    expect(refused.expected).toContain('  - name: vm-2\n');
    expect(refused.nextSteps.join()).toContain('.mcp-tunnel/hosts.yaml');
  });

  test('any text is a list or a failure of its own', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          readOtherHosts(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
    );
  });

  test('what was written is read back', () => {
    const letter = fc.constantFrom(...'abcXYZ012._@-');
    const name = fc.string({ unit: letter, minLength: 1, maxLength: 20 }).map((rest) => `h${rest}`);
    const host = fc.record(
      { name, note: fc.string({ unit: 'grapheme-ascii', maxLength: 30 }) },
      { requiredKeys: ['name'] },
    );
    const hosts = fc.uniqueArray(host, { selector: (each) => each.name, maxLength: 8 });
    fc.assert(
      fc.property(hosts, (list) => {
        const read = readOtherHosts(stringify({ version: 1, hosts: list }));
        expect(read.map((each) => each.name)).toEqual(list.map((each) => each.name));
        expect(read.map((each) => each.note)).toEqual(list.map((each) => each.note));
      }),
    );
  });

  test('a token that got into it is not repeated', () => {
    fc.assert(
      fc.property(tunnelToken, fc.constantFrom('name', 'note', 'dir', 'token'), (token, key) => {
        const text = `version: 1\nhosts:\n  - name: a\n    ${key}: ${token}\n`;
        const name = `version: 1\nhosts:\n  - name: ${token}\n`;
        for (const each of [text, name]) {
          try {
            readOtherHosts(each);
          } catch (error) {
            expect(JSON.stringify(error)).not.toContain(token.slice(0, 12));
            expect(String(error)).not.toContain(token.slice(0, 12));
          }
        }
      }),
    );
  });
});

test('this host is not another one, whatever it is called in the list', () => {
  const hosts = readOtherHosts(good);
  const names = (hostname: string) => withoutThisHost(hosts, hostname).map(({ name }) => name);
  expect(names('vm-2')).toEqual(['ops@vm-3.example']);
  expect(names('VM-3.internal')).toEqual(['vm-2']);
  expect(names('elsewhere')).toHaveLength(2);
});

test('the command for a host is one that a shell, and the shell there, take as it is', () => {
  const [first, second] = readOtherHosts(good);
  if (!first || !second) throw new Error('no hosts');
  expect(rotateThere(first, '/srv/mcp-tunnel')).toBe(
    "ssh -t vm-2 'mcp-tunnel rotate-token --dir /srv/mcp-tunnel'",
  );
  expect(rotateThere(second, '/srv/mcp-tunnel')).toBe(
    "ssh -t ops@vm-3.example 'mcp-tunnel rotate-token --dir '\\''/opt/mcp tunnel'\\'''",
  );
});
