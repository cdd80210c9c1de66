import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, type Ended, inside, output } from './harness/inside.ts';
import type { Installation } from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import {
  type Evidence,
  engineEvidence,
  fileEvidence,
  findings,
  keyNeedles,
  processEvidence,
  tokenNeedles,
  traceEvidence,
} from './harness/secret-search.ts';
import { useInstallations } from './harness/use-installations.ts';
import { vendorOf } from './harness/vendor-client.ts';
import { witness } from './harness/witness.ts';

/** Places that are the program's own until it ends, before and after it is what it is. */
const program =
  /^(?:argv|environment|execve) of (?:strace|nsenter|setpriv|\/usr\/bin\/setpriv|\/\S*\/program\/node)/u;

onEachEngine(
  'secrets',
  (stand, flavour) => {
    const account: Account = flavour === 'engine-20.10' ? 'root' : 'operator';
    const prepare = useInstallations(stand);
    /** One installation told as JSON, one as text with everything shown. */
    let json: Installation;
    let text: Installation;
    let ended: readonly Ended[];
    let evidence: readonly Evidence[];
    /** What the operator's shell has as TUNNEL_TOKEN: another tunnel's token. */
    let inShell: string;

    beforeAll(async () => {
      const { engine } = stand();
      json = await prepare(account, 'secrets-json');
      text = await prepare(account, 'secrets-text');
      inShell = (await vendorOf(engine).createTunnel()).token;
      const traces = [json, text].map(({ dir }) =>
        join(dirname(dir), '../', `${dir.split('/').at(-2)}.trace`),
      );
      const run = (
        { argv, tunnel }: Installation,
        traced: string | undefined,
        more: readonly string[],
      ) =>
        inside(engine, [...argv.filter((each) => each !== '--json'), ...more, '--yes'], {
          as: account,
          input: `${tunnel.token}\n`,
          env: { TUNNEL_TOKEN: inShell },
          ...(traced ? { traced } : {}),
        });
      const { result, seen } = await witness(() =>
        Promise.all([run(json, traces[0], ['--json']), run(text, traces[1], ['--verbose'])]),
      );
      ended = result;
      evidence = [
        ...processEvidence(seen),
        ...(await Promise.all(traces.map(traceEvidence))).flat(),
        ...ended.flatMap(({ stdout, stderr }) => [
          { place: 'stdout', bytes: Buffer.from(stdout) },
          { place: 'stderr', bytes: Buffer.from(stderr) },
        ]),
        ...(await Promise.all([json, text].map(({ dir }) => fileEvidence(dir)))).flat(),
        ...(await engineEvidence(engine)),
      ];
    });

    test('both runs came to their end, and everything was looked at', () => {
      expect(ended.map(({ code }) => code)).toEqual([10, 10]);
      const places = evidence.map(({ place }) => place);
      for (const place of [
        /^argv of \/usr\/local\/bin\/node \/mcp-proxy/u,
        /^environment of .*cloudflared/u,
        /^environment of .*(?:hello_server\.py|sample-server)/u,
        /^execve of .*\/docker(?:-compose)?$/u,
        /^file \.mcp-tunnel\/journal\.jsonl$/u,
        /^file \.mcp-tunnel\/answers\.yaml$/u,
        /^file docker-compose\.yaml$/u,
        /^file \.env$/u,
        /^file config\/mcp-proxy\.yaml$/u,
        /^docker logs$/u,
      ]) {
        expect(places, String(place)).toContainEqual(expect.stringMatching(place));
      }
    });

    test('the token is in its file and nowhere else', () => {
      for (const { tunnel } of [json, text])
        expect(findings(tokenNeedles(tunnel.token), evidence)).toEqual([
          'file credentials/tunnel-token: token',
        ]);
    });

    test.each(['ca.key', 'tls.key'])('%s is in its file and nowhere else', async (name) => {
      for (const { dir } of [json, text]) {
        const needles = keyNeedles(name, await readFile(join(dir, 'data', name), 'utf8'));
        expect(findings(needles, evidence)).toEqual(
          [0, 1, 2].map((index) => `file data/${name}: ${name} ${index}`),
        );
      }
    });

    test('a TUNNEL_TOKEN in the shell reaches neither Compose nor a container', async () => {
      const found = findings(tokenNeedles(inShell), evidence);
      expect(found).toContainEqual(expect.stringMatching(/^execve of .*program\/node: token$/u));
      expect(found.filter((finding) => !program.test(finding))).toEqual([]);
      for (const container of [...(await json.containers()), ...(await text.containers())])
        expect(container.Config.Env.filter((each) => each.startsWith('TUNNEL_TOKEN='))).toEqual([]);
      for (const { stdout } of ended) expect(stdout).toContain('TUNNEL_TOKEN is set in this shell');
    });
  },
  { concurrent: true },
);

onEachEngine('the search for secrets', (stand) => {
  let container = '';
  afterAll(async () => {
    if (container) await output(stand().engine, ['docker', 'rm', '-f', container]);
  });

  test('finds what is planted, in each kind of place and each form', async () => {
    const { engine, images } = stand();
    const needles = tokenNeedles((await vendorOf(engine).createTunnel()).token);
    const printable = Object.values(needles).filter((needle) =>
      /^[ -~]+$/u.test(needle.toString('latin1')),
    );
    const planted = printable.map((needle) => needle.toString()).join(' ');
    const everything = Buffer.concat(Object.values(needles));
    const dir = join(engine.dir, 'home/root/planted');
    await mkdir(dir);
    await writeFile(join(dir, 'journal.jsonl'), everything);
    const trace = join(engine.dir, 'home/root/planted.trace');
    await output(engine, ['docker', 'pull', '--quiet', images.proxy]);
    const { result, seen } = await witness(async () => {
      const show = `console.log(process.argv[1]); console.error(process.argv[1]); setTimeout(() => {}, 1000)`;
      container = await output(engine, [
        ...['docker', 'run', '--detach', '--env', `LEAK=${planted}`, '--label', `leak=${planted}`],
        ...['--entrypoint', '/usr/local/bin/node', images.proxy, '-e', show, planted],
      ]);
      return inside(engine, ['sh', '-c', 'echo "$LEAK"; echo "$1" >&2; sleep 0.2', 'sh', planted], {
        env: { LEAK: planted },
        traced: trace,
      });
    });
    await output(engine, ['docker', 'wait', container]);
    const evidence = [
      ...processEvidence(seen),
      ...(await traceEvidence(trace)),
      { place: 'stdout', bytes: Buffer.from(result.stdout) },
      { place: 'stderr', bytes: Buffer.from(result.stderr) },
      ...(await fileEvidence(dir)),
      ...(await engineEvidence(engine)),
    ];
    const found = findings(needles, evidence);
    const forms = Object.keys(needles);
    expect(found.filter((finding) => finding.startsWith('file '))).toHaveLength(forms.length);
    for (const form of forms.filter((_, index) =>
      printable.includes(Object.values(needles)[index] ?? Buffer.alloc(0)),
    )) {
      for (const place of [
        'argv of sh -c',
        'environment of sh -c',
        'environment of /usr/local/bin/node -e',
        'execve of .*/sh',
        'stdout',
        'stderr',
        'docker inspect',
        'docker logs',
        'the engine’s files of containers',
      ])
        expect(found).toContainEqual(
          expect.stringMatching(new RegExp(`^${place}.*: ${form}$`, 'u')),
        );
    }
  });
});
