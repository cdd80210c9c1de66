import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemFiles } from '../../src/adapters/system-files.ts';
import { formatFingerprint } from '../../src/domain/fingerprint.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { InstallAnswers } from '../../src/steps/install/answers.ts';
import { storedAnswers } from '../../src/steps/install/stored-answers.ts';
import { observeRenewal } from '../../src/steps/renew-cert/observe-renewal.ts';
import { renewAlways } from '../../src/steps/renew-cert/options.ts';
import { CaRotationScene, eventsOf, type Rotated, unknownCa } from '../fakes/ca-rotation-scene.ts';
import { answersOf } from '../fakes/sample-answers.ts';

const answers = answersOf({ token: undefined });

function noticesOf(rotated: Rotated): readonly string[] {
  return eventsOf(rotated, 'notice').map(({ text }) => text);
}

function actionOf(rotated: Rotated) {
  return eventsOf(rotated, 'action.needed')[0]?.action;
}

function planOf(rotated: Rotated): readonly string[] {
  const changes = eventsOf(rotated, 'plan')[0]?.changes ?? [];
  return changes.filter(({ action }) => action !== 'keep').map(({ what }) => what);
}

/** Key and certificate in data/ belong together, under the CA there. */
async function fits(scene: CaRotationScene): Promise<boolean> {
  const { 'tls.crt': pem = '', 'tls.key': key = '', 'ca.crt': ca = '' } = await scene.data();
  return scene.certificates.matches(pem, new Secret(key)) && scene.certificates.isSignedBy(pem, ca);
}

describe('the first run', () => {
  test('makes a CA beside the old one, and says how to register it', async () => {
    await using scene = await CaRotationScene.make();
    const before = await scene.data();
    const old = await scene.fingerprintAt(scene.deployment.caCertificate);
    const rotated = await scene.rotate();
    expect(rotated.finish).toMatchObject({ outcome: 'action-needed', changed: true });
    expect(await scene.data()).toEqual(before);
    const { dir, caKey, caCertificate } = scene.next;
    const modes = await Promise.all(
      [dir, caKey, caCertificate].map((path) => scene.files.stat(path)),
    );
    expect(modes.map((stat) => stat?.mode.toString(8))).toEqual(['700', '600', '644']);
    const facts = await scene.facts(caCertificate);
    expect(facts.subject).toContain('mcp-tunnel-ca 2026-11-24');
    const action = actionOf(rotated);
    const text = action?.steps.join('\n');
    expect(text).toContain(`scp vm-7:${caCertificate}`);
    expect(text).toContain('> Certificates > Add certificate');
    expect(text).toContain(formatFingerprint(facts.fingerprint));
    expect(text).toContain(
      `If both are taken, Revoke the other one first, never ${formatFingerprint(old)}`,
    );
    expect(action?.resume.join(' ')).toBe(
      `mcp-tunnel rotate-ca --dir /srv/mcp-tunnel --ca-registered ${facts.fingerprint} --yes`,
    );
    expect(scene.compose.calls).toEqual([]);
  });

  test('again without a word: nothing is made twice, the same is said', async () => {
    await using scene = await CaRotationScene.make();
    const first = await scene.rotate();
    const ca = await scene.text(scene.next.caCertificate);
    const again = await scene.rotate();
    expect(again.finish).toMatchObject({ outcome: 'action-needed', changed: false });
    expect(await scene.text(scene.next.caCertificate)).toBe(ca);
    expect(actionOf(again)).toEqual(actionOf(first));
  });

  test('goes on with the key that a killed run has left', async () => {
    await using scene = await CaRotationScene.make();
    await scene.rotate();
    const key = await scene.text(scene.next.caKey);
    await scene.files.remove(scene.next.caCertificate);
    const rotated = await scene.rotate({ caDays: 100 });
    expect(rotated.finish).toMatchObject({ outcome: 'action-needed', changed: true });
    expect(await scene.text(scene.next.caKey)).toBe(key);
    const pem = await scene.text(scene.next.caCertificate);
    expect(scene.certificates.matches(pem, new Secret(key))).toBe(true);
  });
});

describe('registered', () => {
  test('proves, swaps, and says what is left; nothing restarts', async () => {
    await using scene = await CaRotationScene.make();
    const before = await scene.data();
    const old = await scene.fingerprintAt(scene.deployment.caCertificate);
    const rotated = await scene.registered();
    expect(rotated.finish, JSON.stringify(rotated.finish)).toMatchObject({
      outcome: 'action-needed',
      changed: true,
    });
    const after = await scene.data();
    for (const name of ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'])
      expect(after[name], name).not.toBe(before[name]);
    expect(await fits(scene)).toBe(true);
    const fingerprint = await scene.fingerprintAt(scene.deployment.caCertificate);
    expect(await scene.fingerprintAt(scene.next.caCertificate)).toBe(fingerprint);
    expect(scene.compose.calls).toEqual(['validate', 'up mcp-proxy', 'up', 'down']);
    expect(noticesOf(rotated)).toEqual([
      'The second pair serves the new certificate (seen by this host).',
      expect.stringContaining('The second pair is connected (4 connections)'),
      'The new CA is proven: a call came through it: the new certificate is accepted.',
    ]);
    expect(eventsOf(rotated, 'certificate')).toMatchObject([{ served: 'yes' }]);
    // No key lies twice, and an installation goes by the new CA.
    expect([...(await scene.files.list(scene.next.dir))].sort()).toEqual([
      'ca.crt',
      'old-ca.crt',
      'registered',
    ]);
    const certificates = { ...answers.certificates, caRegistered: fingerprint };
    expect(await scene.text(scene.deployment.answers)).toBe(
      storedAnswers({ ...answers, certificates }, scene.deployment),
    );
    const [name = ''] = await scene.files.list(scene.deployment.backupsDir);
    const archived = (file: string) => scene.text(join(scene.deployment.backupsDir, name, file));
    for (const file of ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'])
      expect(await archived(file)).toBe(before[file]);
    expect(actionOf(rotated)).toMatchObject({
      id: 'revoke-old-ca',
      values: { fingerprint, old },
      resume: expect.arrayContaining(['rotate-ca', '--old-revoked', old]),
    });
  });

  test('the word is remembered: a run days later needs it no more', async () => {
    await using scene = await CaRotationScene.make();
    await scene.rotate();
    const caRegistered = await scene.fingerprintAt(scene.next.caCertificate);
    scene.compose.refusal = new Error('a kill');
    await scene.rotate({ caRegistered });
    scene.compose.refusal = undefined;
    await scene.wait(3);
    const rotated = await scene.rotate();
    expect(rotated.finish).toMatchObject({ outcome: 'action-needed', changed: true });
    expect(actionOf(rotated)?.id).toBe('revoke-old-ca');
  });

  test('the second pair has what else the proxy looks for in data/', async () => {
    await using scene = await CaRotationScene.make();
    const { proxyConfig, upstreamCa } = scene.deployment;
    await scene.files.write(upstreamCa, 'PEM of an upstream CA', 0o644);
    const config = await scene.text(proxyConfig);
    const tls = 'upstream:\n  tls:\n    ca_file: /data/upstream-ca.crt\n';
    await scene.files.write(proxyConfig, `${config}\n${tls}`, 0o644);
    const seen: string[] = [];
    const { onUp } = scene.compose;
    scene.compose.onUp = (onLine) => {
      onUp(onLine);
      seen.push(...readdirSync(scene.bridge.dataDir));
    };
    await scene.registered();
    expect([...new Set(seen)].sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key', 'upstream-ca.crt']);
  });

  test('other hosts are listed before the old CA is revoked', async () => {
    await using scene = await CaRotationScene.make();
    const hosts = 'version: 1\nhosts:\n  - name: vm-8\n    note: Oslo\n    dir: /opt/t\n';
    await scene.files.write(scene.deployment.hosts, hosts, 0o644);
    const action = actionOf(await scene.registered());
    expect(action?.steps.slice(0, 2)).toEqual([
      expect.stringContaining('Every other host of this tunnel first'),
      'vm-8 (Oslo): /opt/t/data',
    ]);
  });

  test('the word that the old one is revoked ends it; given again it changes nothing', async () => {
    await using scene = await CaRotationScene.make();
    const oldRevoked = await scene.fingerprintAt(scene.deployment.caCertificate);
    await scene.registered();
    const data = await scene.data();
    const rotated = await scene.rotate({ oldRevoked });
    expect(rotated.finish).toMatchObject({ outcome: 'done', changed: true });
    expect(await scene.files.stat(scene.next.dir)).toBeUndefined();
    expect(await scene.data()).toEqual(data);
    expect(await scene.files.list(scene.deployment.backupsDir)).toHaveLength(1);
    const again = await scene.rotate({ oldRevoked });
    expect(again.finish).toMatchObject({ outcome: 'done', changed: false });
    expect(noticesOf(again)).toEqual([expect.stringContaining('there is nothing to do')]);
  });

  test('where no call meets the second pair, it is said what that leaves unproven', async () => {
    await using scene = await CaRotationScene.make();
    scene.bridgeSays = [];
    const rotated = await scene.registered();
    expect(rotated.finish).toMatchObject({ outcome: 'action-needed' });
    expect(noticesOf(rotated)).toContainEqual(
      expect.stringMatching(
        /^No call was seen at the second pair: .* stays your word\. Only a call proves it/u,
      ),
    );
  });

  test('where no proxy can be asked, that is said', async () => {
    await using scene = await CaRotationScene.make();
    scene.canLook = false;
    const rotated = await scene.registered();
    expect(rotated.finish).toMatchObject({ outcome: 'action-needed' });
    expect(noticesOf(rotated)[0]).toContain('could not be seen from here (ETIMEDOUT)');
    expect(eventsOf(rotated, 'certificate')).toMatchObject([{ served: 'unseen' }]);
  });

  test('a proxy that does not take the certificate is restarted beside the second pair', async () => {
    await using scene = await CaRotationScene.make();
    await scene.rotate();
    scene.isStubborn = true;
    await scene.ports.proxyTls?.servedCertificate({
      ...{ address: '172.18.0.2', port: 8080, host: '', timeoutMs: 1 },
    });
    const caRegistered = await scene.fingerprintAt(scene.next.caCertificate);
    const rotated = await scene.rotate({ caRegistered });
    expect(rotated.finish, JSON.stringify(rotated.finish)).toMatchObject({
      outcome: 'action-needed',
    });
    expect(scene.compose.calls).toEqual([
      ...['validate', 'up mcp-proxy', 'up'],
      ...['stop cloudflared mcp-proxy', 'start mcp-proxy', 'start cloudflared', 'down'],
    ]);
    expect(eventsOf(rotated, 'certificate')).toMatchObject([{ served: 'no' }, { served: 'yes' }]);
  });
});

describe('refused by callers', () => {
  test('the second pair is taken away at once; the running one was never touched', async () => {
    await using scene = await CaRotationScene.make();
    const before = await scene.data();
    scene.bridgeSays = [unknownCa];
    const rotated = await scene.registered();
    expect(rotated.finish).toMatchObject({
      outcome: 'failed',
      failure: {
        code: 'ca-not-registered',
        summary: expect.stringContaining('the running pair was not touched'),
        found: unknownCa,
        nextSteps: expect.arrayContaining([expect.stringContaining('Certificates')]),
      },
    });
    // cloudflared first, and before Compose is even started.
    expect(scene.engine.terminated).toEqual(['bridge-cloudflared-1']);
    expect(scene.compose.calls.at(-1)).toBe('down');
    expect(await scene.data()).toEqual(before);
    expect(await scene.files.stat(scene.bridge.dir)).toBeUndefined();
    // The word has proven wrong: nothing is risked again without it.
    const again = await scene.rotate();
    expect(actionOf(again)?.id).toBe('register-new-ca');
    scene.bridgeSays = [];
    const caRegistered = await scene.fingerprintAt(scene.next.caCertificate);
    expect(actionOf(await scene.rotate({ caRegistered }))?.id).toBe('revoke-old-ca');
  });

  test('for its names: that is another failure', async () => {
    await using scene = await CaRotationScene.make();
    scene.bridgeSays = [
      'level=error msg="tls handshake failed" error="remote error: tls: bad certificate"',
    ];
    const rotated = await scene.registered();
    expect(rotated.finish).toMatchObject({ failure: { code: 'certificate-refused' } });
    expect(await scene.files.stat(scene.bridge.dir)).toBeUndefined();
  });
});

describe('fingerprints', () => {
  const other = 'ab'.repeat(32);

  test('one that is not the new CA’s is refused, and the old one’s named as such', async () => {
    await using scene = await CaRotationScene.make();
    const old = await scene.fingerprintAt(scene.deployment.caCertificate);
    const early = await scene.rotate({ caRegistered: old });
    expect(early.finish.failure).toMatchObject({
      code: 'ca-fingerprint-mismatch',
      summary: 'There is no new CA yet that could be registered.',
    });
    await scene.rotate();
    expect((await scene.rotate({ caRegistered: old })).finish.failure).toMatchObject({
      code: 'ca-fingerprint-mismatch',
      summary: expect.stringContaining('is the old one'),
    });
    expect((await scene.rotate({ caRegistered: other })).finish.failure).toMatchObject({
      code: 'ca-fingerprint-mismatch',
      found: `given: ${formatFingerprint(other)}`,
    });
    expect((await scene.rotate({ oldRevoked: old })).finish.failure).toMatchObject({
      code: 'ca-rotation-order',
      summary: 'The old CA is still in use.',
    });
  });

  test('the revoked one must be the old one', async () => {
    await using scene = await CaRotationScene.make();
    await scene.registered();
    const current = await scene.fingerprintAt(scene.deployment.caCertificate);
    expect((await scene.rotate({ oldRevoked: current })).finish.failure).toMatchObject({
      code: 'ca-fingerprint-mismatch',
      summary: 'The CA that is said to be revoked is the new one.',
    });
    expect((await scene.rotate({ oldRevoked: other })).finish.failure).toMatchObject({
      code: 'ca-fingerprint-mismatch',
    });
    expect(await scene.files.stat(scene.next.dir)).toBeDefined();
  });

  test('where no rotation is under way, none begins', async () => {
    await using scene = await CaRotationScene.make();
    const current = await scene.fingerprintAt(scene.deployment.caCertificate);
    for (const oldRevoked of [current, other]) {
      const { finish } = await scene.rotate({ oldRevoked });
      expect(finish.failure).toMatchObject({ code: 'ca-fingerprint-mismatch' });
    }
    expect(await scene.files.stat(scene.next.dir)).toBeUndefined();
  });
});

describe('the old CA', () => {
  test('may have expired, with its server certificate', async () => {
    await using scene = await CaRotationScene.make();
    await scene.wait(3700);
    const rotated = await scene.registered();
    expect(rotated.finish, JSON.stringify(rotated.finish)).toMatchObject({
      outcome: 'action-needed',
    });
    expect(await fits(scene)).toBe(true);
    expect(
      (await scene.facts(scene.deployment.serverCertificate)).notAfter > scene.clock.now(),
    ).toBe(true);
  });

  test('may have lost its key', async () => {
    await using scene = await CaRotationScene.make();
    await scene.files.remove(scene.deployment.caKey);
    expect((await scene.registered()).finish).toMatchObject({ outcome: 'action-needed' });
    expect(await fits(scene)).toBe(true);
  });

  test('may be lost altogether: what to revoke is said without its fingerprint', async () => {
    await using scene = await CaRotationScene.make();
    await scene.files.remove(scene.deployment.caKey);
    await scene.files.remove(scene.deployment.caCertificate);
    const rotated = await scene.registered();
    const fingerprint = await scene.fingerprintAt(scene.deployment.caCertificate);
    expect(actionOf(rotated)?.steps.join('\n')).toContain(
      `Revoke: every certificate but ${formatFingerprint(fingerprint)}`,
    );
    const { finish } = await scene.rotate({ oldRevoked: 'ab'.repeat(32) });
    expect(finish).toMatchObject({ outcome: 'done' });
  });
});

describe('a key that is kept elsewhere', () => {
  const keptAt = (caKeyFile: string, caPassphrase?: Secret): InstallAnswers =>
    answersOf({ token: undefined, certificates: { caKeyFile, caPassphrase } });

  test('the new one needs a place of its own, named by a flag', async () => {
    await using scene = await CaRotationScene.make();
    const there = keptAt(join(scene.outside, 'usb.key'));
    const { finish } = await scene.rotate({}, there);
    expect(finish.failure).toMatchObject({
      code: 'answers-missing',
      missing: [{ flag: '--ca-key FILE' }],
    });
    expect(await scene.files.stat(scene.next.dir)).toBeUndefined();
  });

  test.each<[string, (scene: CaRotationScene) => string]>([
    ['where something lies', ({ outside }) => join(outside, 'old.key')],
    ['inside the deployment', ({ deployment }) => join(deployment.dataDir, 'other.key')],
  ])('not %s', async (_what, path) => {
    await using scene = await CaRotationScene.make();
    await writeFile(join(scene.outside, 'old.key'), 'something');
    const { finish } = await scene.rotate({ caKeyFile: path(scene) });
    expect(finish.failure).toMatchObject({ code: 'answers-invalid' });
    expect(await scene.text(join(scene.outside, 'old.key'))).toBe('something');
  });

  test('it never lies in data/, is encrypted there, and is asked for to sign', async () => {
    await using scene = await CaRotationScene.make();
    const caKeyFile = join(scene.outside, 'new.key');
    const locked = answersOf({
      token: undefined,
      certificates: { caPassphrase: new Secret('a passphrase') },
    });
    await scene.rotate({ caKeyFile }, locked);
    expect(await scene.text(caKeyFile)).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    expect(await scene.files.stat(scene.next.caKey)).toBeUndefined();
    const caRegistered = await scene.fingerprintAt(scene.next.caCertificate);
    const mute = await scene.rotate({ caRegistered });
    expect(mute.finish.failure).toMatchObject({
      code: 'ca-key-passphrase',
      nextSteps: [expect.stringContaining('--ca-passphrase-file'), expect.anything()],
    });
    const rotated = await scene.rotate({ caRegistered }, locked);
    expect(rotated.finish, JSON.stringify(rotated.finish)).toMatchObject({
      outcome: 'action-needed',
    });
    expect(Object.keys(await scene.data())).not.toContain('ca.key');
    expect(await scene.text(scene.deployment.answers)).toContain(`caKeyFile: ${caKeyFile}`);
    expect(await fits(scene)).toBe(true);
  });

  test('a drive that is not there is said, with what helps', async () => {
    await using scene = await CaRotationScene.make();
    const caKeyFile = join(scene.outside, 'new.key');
    await scene.rotate({ caKeyFile });
    await scene.files.remove(caKeyFile);
    const caRegistered = await scene.fingerprintAt(scene.next.caCertificate);
    expect((await scene.rotate({ caRegistered })).finish.failure).toMatchObject({
      code: 'ca-key-missing',
      found: `nothing at ${caKeyFile}`,
    });
  });
});

describe('stopped between two files', () => {
  const names = ['tls.crt', 'ca.key', 'ca.crt'];

  /** The power fails when a file is to take its place in data/. */
  async function stoppedAt(name: string): Promise<CaRotationScene> {
    const scene = await CaRotationScene.make();
    await scene.rotate();
    const caRegistered = await scene.fingerprintAt(scene.next.caCertificate);
    scene.files = {
      ...systemFiles,
      rename: async (from, to) => {
        if (to === join(scene.deployment.dataDir, name)) throw new Error('power');
        await systemFiles.rename(from, to);
      },
    };
    const { finish } = await scene.rotate({ caRegistered });
    expect(finish).toMatchObject({ outcome: 'failed', failure: { code: 'bug' } });
    scene.files = systemFiles;
    return scene;
  }

  test.each(names)('before %s: nobody else touches it, the next run ends it', async (name) => {
    await using scene = await stoppedAt(name);
    const ca = await scene.text(scene.next.caCertificate);
    await expect(scene.observe(answers)).rejects.toMatchObject({
      code: 'ca-rotation-unfinished',
      nextSteps: [expect.stringContaining('mcp-tunnel rotate-ca')],
    });
    const { deployment } = scene;
    const request = { answers, deployment, options: renewAlways, clockConfirmed: true };
    await expect(observeRenewal(scene.ports, request)).rejects.toMatchObject({
      code: 'ca-rotation-unfinished',
    });
    expect((await scene.rotate({ cancel: true })).finish.failure).toMatchObject({
      code: 'ca-rotation-order',
      found: expect.stringContaining('have taken the old ones’ places'),
    });
    const rotated = await scene.rotate();
    expect(rotated.finish, JSON.stringify(rotated.finish)).toMatchObject({
      outcome: 'action-needed',
    });
    expect(planOf(rotated)).not.toContainEqual(expect.stringContaining('start the second pair'));
    expect(await scene.text(scene.deployment.caCertificate)).toBe(ca);
    expect(await fits(scene)).toBe(true);
    expect(await scene.files.stat(scene.bridge.dir)).toBeUndefined();
    expect(await scene.files.list(scene.deployment.backupsDir)).toHaveLength(1);
    await scene.observe(answers);
  });

  test('after the last: what is left is settled by the next run', async () => {
    await using scene = await CaRotationScene.make();
    await scene.rotate();
    const caRegistered = await scene.fingerprintAt(scene.next.caCertificate);
    const { answers: stored } = scene.deployment;
    scene.files = {
      ...systemFiles,
      write: async (path, content, mode) => {
        if (path === stored) throw new Error('power');
        await systemFiles.write(path, content, mode);
      },
    };
    await scene.rotate({ caRegistered });
    scene.files = systemFiles;
    expect(await scene.files.stat(scene.next.caKey)).toBeDefined();
    const rotated = await scene.rotate();
    expect(rotated.finish).toMatchObject({ outcome: 'action-needed', changed: true });
    expect(await scene.files.stat(scene.next.caKey)).toBeUndefined();
    expect(await scene.text(stored)).toContain(`caRegistered: ${caRegistered}`);
    expect((await scene.rotate()).finish).toMatchObject({ changed: false });
  });

  test('a full disk stops it before the first', async () => {
    await using scene = await CaRotationScene.make();
    const before = await scene.data();
    await scene.rotate();
    const caRegistered = await scene.fingerprintAt(scene.next.caCertificate);
    scene.files = {
      ...systemFiles,
      write: async (path, content, mode) => {
        if (path.startsWith(join(scene.deployment.dataDir, '.ca.crt')))
          throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        await systemFiles.write(path, content, mode);
      },
    };
    const { finish } = await scene.rotate({ caRegistered });
    expect(finish.failure).toMatchObject({ code: 'disk-full' });
    expect(await scene.data()).toEqual(before);
  });
});

describe('while it is under way', () => {
  test('an installation goes on with the old CA, and keeps the new one', async () => {
    await using scene = await CaRotationScene.make();
    await scene.rotate();
    const ca = await scene.text(scene.next.caCertificate);
    const world = await scene.observe(answers);
    expect(world.certificates).toMatchObject({ ca: 'keep', issueServer: false });
    expect(await scene.text(scene.next.caCertificate)).toBe(ca);
  });

  test('where nothing runs no second pair is needed', async () => {
    await using scene = await CaRotationScene.make();
    scene.engine.remove('mcp-proxy-1');
    scene.engine.remove('cloudflared-1');
    const rotated = await scene.registered();
    expect(rotated.finish, JSON.stringify(rotated.finish)).toMatchObject({
      outcome: 'action-needed',
    });
    expect(scene.compose.calls).toEqual([]);
    const plan = eventsOf(rotated, 'plan')[0]?.changes.map(({ what }) => what);
    expect(plan).toContainEqual(expect.stringContaining('no second pair: mcp-proxy does not run'));
    expect(await fits(scene)).toBe(true);
  });
});

describe('taken back', () => {
  test('before the swap: the new CA goes to the archive, the rest is as it was', async () => {
    await using scene = await CaRotationScene.make();
    const before = await scene.data();
    await scene.rotate();
    const fingerprint = await scene.fingerprintAt(scene.next.caCertificate);
    const key = await scene.text(scene.next.caKey);
    const rotated = await scene.rotate({ cancel: true });
    expect(rotated.finish).toMatchObject({ outcome: 'done', changed: true });
    expect(noticesOf(rotated)).toEqual([
      expect.stringContaining(`Revoke ${formatFingerprint(fingerprint)} there`),
    ]);
    expect(await scene.files.stat(scene.next.dir)).toBeUndefined();
    expect(await scene.data()).toEqual(before);
    const [name = ''] = await scene.files.list(scene.deployment.backupsDir);
    expect(name).toMatch(/-cancelled-ca$/u);
    expect(await scene.text(join(scene.deployment.backupsDir, name, 'ca.key'))).toBe(key);
    const again = await scene.rotate({ cancel: true });
    expect(again.finish).toMatchObject({ outcome: 'done', changed: false });
  });

  test('after the swap it is refused, with the reason', async () => {
    await using scene = await CaRotationScene.make();
    await scene.registered();
    const { finish } = await scene.rotate({ cancel: true });
    expect(finish.failure).toMatchObject({
      code: 'ca-rotation-order',
      found: expect.stringContaining('only the old one is left to be revoked'),
    });
  });
});
