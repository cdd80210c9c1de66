import { describe, expect, test } from 'vitest';
import { systemFiles } from '../../src/adapters/system-files.ts';
import { Failure } from '../../src/domain/failure.ts';
import { eventsOf, RenewalScene, type Renewed } from '../fakes/renewal-scene.ts';
import { answersOf, domain } from '../fakes/sample-answers.ts';
import { makeServer } from '../simulator/openssl.ts';

const window = { renewBefore: '720h', renewBeforeMs: 720 * 3_600_000 };

function noticesOf(renewed: Renewed): readonly string[] {
  return eventsOf(renewed, 'notice').map(({ text }) => text);
}

function whysOf(renewed: Renewed): readonly (string | undefined)[] {
  return eventsOf(renewed, 'plan')[0]?.changes.map(({ why }) => why) ?? [];
}

/** Runs, and the pair must be what it was. */
async function refused(scene: RenewalScene, ...args: Parameters<RenewalScene['renew']>) {
  const { serverCertificate, serverKey } = scene.deployment;
  const before = [await scene.text(serverCertificate), await scene.text(serverKey)];
  const { finish } = await scene.renew(...args);
  expect([await scene.text(serverCertificate), await scene.text(serverKey)]).toEqual(before);
  expect(finish).toMatchObject({ outcome: 'failed' });
  return finish.failure;
}

describe('the clock', () => {
  test('ahead of the API’s by more than a certificate starts early: nothing is signed', async () => {
    await using scene = await RenewalScene.make();
    const date = new Date(scene.clock.now().getTime() - 600_000);
    scene.network.date = { ok: true, status: 401, date };
    expect(await refused(scene)).toMatchObject({
      code: 'clock-wrong',
      found: '600 s ahead: 2026-11-24T10:00:00.000Z',
      expected: '2026-11-24T09:50:00.000Z',
      nextSteps: ['date -u; timedatectl status', expect.stringContaining('set-ntp true')],
    });
  });

  test('set back behind the certificate, and nobody to ask: nothing is signed', async () => {
    await using scene = await RenewalScene.make();
    scene.network.date = { ok: false, code: 'ENOTFOUND' };
    await scene.putPair({ from: new Date('2027-01-01T00:00:00Z') });
    expect(await refused(scene, window)).toMatchObject({
      code: 'clock-wrong',
      expected: expect.stringContaining('2026-12-31T23:55:00.000Z, when the certificate was made'),
    });
  });

  test('confirmed by the API: a certificate of the future is mended', async () => {
    await using scene = await RenewalScene.make();
    scene.network.date = { ok: true, status: 401, date: scene.clock.now() };
    await scene.putPair({ from: new Date('2027-01-01T00:00:00Z') });
    const renewed = await scene.renew(window);
    expect(renewed.finish).toMatchObject({ outcome: 'done', changed: true });
    expect(whysOf(renewed)).toContainEqual(expect.stringContaining('not valid before 2026-12-31'));
    expect((await scene.certificate()).notBefore < scene.clock.now()).toBe(true);
  });
});

describe('the CA', () => {
  test('has expired: what puts another one in its place', async () => {
    await using scene = await RenewalScene.make();
    await scene.wait(3651);
    expect(await refused(scene)).toMatchObject({
      code: 'ca-expired',
      found: 'valid until 2036-11-21T10:00:00.000Z',
      nextSteps: [expect.stringContaining('mcp-tunnel rotate-ca')],
    });
  });

  test('is not there', async () => {
    await using scene = await RenewalScene.make();
    await scene.files.remove(scene.deployment.caCertificate);
    expect(await refused(scene)).toMatchObject({ code: 'ca-certificate-missing' });
  });

  test('has no key there: where it was looked for, and which it must be', async () => {
    await using scene = await RenewalScene.make();
    await scene.files.remove(scene.deployment.caKey);
    expect(await refused(scene)).toMatchObject({
      code: 'ca-key-missing',
      found: `nothing at ${scene.deployment.caKey}`,
      nextSteps: expect.arrayContaining(['Name it: --ca-key FILE']),
    });
    // What is not due needs none.
    expect((await scene.renew(window)).finish).toMatchObject({ outcome: 'done', changed: false });
  });

  test('ends soon: it is said what that means, and no schedule renews for nothing', async () => {
    await using scene = await RenewalScene.make();
    await scene.wait(3640);
    const renewed = await scene.renew(window);
    expect(renewed.finish).toMatchObject({ outcome: 'done', changed: true });
    expect(noticesOf(renewed)).toEqual([
      'It ends on 2036-11-21 with its CA, after less than 90 days. The CA has to be replaced before that.',
    ]);
    const again = await scene.renew(window);
    expect(again.finish).toMatchObject({ outcome: 'done', changed: false });
    expect(noticesOf(again)[0]).toContain('Kept, 10 days left: a new one would end with its CA');
  });
});

describe('the proof', () => {
  test('waits for a proxy that looks at the file now and then', async () => {
    await using scene = await RenewalScene.make();
    scene.reloadMs = 30_000;
    const renewed = await scene.renew();
    expect(renewed.finish).toMatchObject({ outcome: 'done' });
    const { fingerprint, notAfter } = await scene.certificate();
    expect(eventsOf(renewed, 'certificate')).toEqual([
      {
        type: 'certificate',
        path: scene.deployment.serverCertificate,
        fingerprint,
        notAfter: notAfter.toISOString(),
        daysLeft: 89,
        served: 'yes',
        seenBy: 'this host',
      },
    ]);
    expect(scene.clock.elapsed).toBeGreaterThanOrEqual(29_000);
    expect(new Set(scene.asked)).toEqual(new Set([`172.20.0.2:8080 echo.${domain}`]));
  });

  test('a proxy that goes on with the old one is not restarted: a person is asked', async () => {
    await using scene = await RenewalScene.make();
    const before = (await scene.certificate()).fingerprint;
    scene.reloadMs = 3_600_000;
    const renewed = await scene.renew();
    expect(renewed.finish).toMatchObject({ outcome: 'action-needed', changed: true });
    expect(eventsOf(renewed, 'certificate')).toMatchObject([
      { served: 'no', servedFingerprint: before },
    ]);
    const [needed] = eventsOf(renewed, 'action.needed');
    expect(needed?.action).toMatchObject({
      id: 'restart-proxy',
      resume: ['mcp-tunnel', 'renew-cert', '--dir', '/srv/mcp-tunnel', '--renew-before', '1h'],
    });
    expect(needed?.action.steps.join('\n')).toMatch(/restart mcp-proxy\n.*restart cloudflared/u);
    expect(scene.compose.calls).toEqual([]);
    expect(scene.clock.elapsed).toBeLessThan(62_000);
    // The command that is named proves it later, and renews nothing.
    scene.reloadMs = 0;
    const again = await scene.renew({ renewBefore: '1h', renewBeforeMs: 3_600_000 });
    expect(again.finish).toMatchObject({ outcome: 'done', changed: false });
    expect(eventsOf(again, 'certificate')).toMatchObject([{ served: 'yes' }]);
  });

  test('a proxy that cannot be asked: said so, with what can be seen and how to check', async () => {
    await using scene = await RenewalScene.make();
    scene.reloadMs = undefined;
    const renewed = await scene.renew();
    expect(renewed.finish).toMatchObject({ outcome: 'done', changed: true });
    expect(eventsOf(renewed, 'certificate')).toMatchObject([{ served: 'unseen' }]);
    const [text] = noticesOf(renewed);
    expect(text).toContain('could not be seen from here');
    expect(text).toContain('ETIMEDOUT');
    expect(text).toContain('mcp-proxy runs, and its log has no TLS error since');
    expect(text).toContain('restart mcp-proxy');
    expect(scene.clock.elapsed).toBeLessThan(5_000);
  });

  test('what the log says of TLS since then is told, and nothing of before', async () => {
    await using scene = await RenewalScene.make();
    const refusal =
      'level=error msg="tls handshake failed" error="remote error: tls: bad certificate"';
    scene.engine.say(scene.proxy.id, refusal);
    await scene.wait(1);
    scene.reloadMs = undefined;
    scene.clock.at(scene.clock.elapsed + 1_000, () => {
      scene.engine.say(scene.proxy.id, refusal);
      scene.engine.say(scene.proxy.id, 'level=error msg="tls certificate reload failed"');
      scene.engine.say(scene.proxy.id, 'level=error msg="tls handshake failed" error="EOF"');
    });
    const renewed = await scene.renew();
    expect(eventsOf(renewed, 'diagnosis')).toMatchObject([{ service: 'mcp-proxy' }]);
    expect(noticesOf(renewed)[0]).toContain(
      'its log has 2 TLS errors since, the last: level=error',
    );
  });

  test('a proxy that does not run takes it when it starts', async () => {
    await using scene = await RenewalScene.make();
    scene.engine.stop(scene.proxy.id);
    const renewed = await scene.renew();
    expect(renewed.finish).toMatchObject({ outcome: 'done', changed: true });
    expect(noticesOf(renewed)[0]).toContain('mcp-proxy is exited: it takes this certificate when');
    expect(scene.asked).toEqual([]);
  });
});

describe('a full disk', () => {
  const full = () => Promise.reject(new Failure('disk-full', 'No space left.'));

  test('before the certificate is written out, and before the key: the pair stays whole', async () => {
    await using scene = await RenewalScene.make();
    const { dataDir } = scene.deployment;
    const names = await systemFiles.list(dataDir);
    scene.files = {
      ...systemFiles,
      write: (path, ...rest) =>
        path.startsWith(`${dataDir}/`) ? full() : systemFiles.write(path, ...rest),
    };
    expect(await refused(scene, { newKey: true })).toMatchObject({ code: 'disk-full' });
    scene.files = systemFiles;
    const { write } = scene.ownedFiles;
    scene.ownedFiles.write = (path, ...rest) =>
      path === scene.deployment.serverKey ? full() : write.call(scene.ownedFiles, path, ...rest);
    expect(await refused(scene, { newKey: true })).toMatchObject({ code: 'disk-full' });
    expect(await systemFiles.list(dataDir)).toEqual(names);
    scene.ownedFiles.write = write;
    expect((await scene.renew({ newKey: true })).finish).toMatchObject({ outcome: 'done' });
    expect(await scene.pairFits()).toBe(true);
  });

  test('between key and certificate: the next run goes on with that key, due or not', async () => {
    await using scene = await RenewalScene.make();
    const { serverKey } = scene.deployment;
    scene.files = { ...systemFiles, rename: full };
    expect((await scene.renew({ newKey: true })).finish.failure?.code).toBe('disk-full');
    expect(await scene.pairFits()).toBe(false);
    scene.files = systemFiles;
    const key = await scene.text(serverKey);
    const renewed = await scene.renew(window);
    expect(renewed.finish).toMatchObject({ outcome: 'done', changed: true });
    expect(whysOf(renewed)).toContain('its key is another one');
    expect(await scene.pairFits()).toBe(true);
    expect(await scene.text(serverKey)).toBe(key);
    // The proxy was running all the time with what it had: it is left alone.
    expect(scene.compose.calls).toEqual([]);
  });

  test('and a proxy that was started meanwhile is restarted, after the pair is whole', async () => {
    await using scene = await RenewalScene.make();
    await scene.putPair({ onlyKey: true });
    scene.engine.fail(scene.proxy.id, 1);
    const cloudflared = scene.engine.add('cloudflared', { workingDir: scene.deployment.dir });
    const fits: Promise<boolean>[] = [];
    scene.compose.onRestart = (service) => {
      if (service === 'mcp-proxy') fits.push(scene.pairFits());
      scene.engine.restart(service === 'mcp-proxy' ? scene.proxy.id : cloudflared.id);
    };
    scene.clock.at(1, () => undefined);
    const renewed = await scene.renew(window);
    expect(renewed.finish).toMatchObject({ outcome: 'done', changed: true });
    expect(scene.compose.calls[0]).toBe('restart mcp-proxy');
    expect(await Promise.all(fits)).toEqual([true]);
    expect(eventsOf(renewed, 'certificate')).toMatchObject([{ served: 'yes' }]);
  });
});

describe('restoring', () => {
  test('finishes what was killed between key and certificate', async () => {
    await using scene = await RenewalScene.make();
    const { serverKey, serverCertificate } = scene.deployment;
    const [key, certificate] = [await scene.text(serverKey), await scene.text(serverCertificate)];
    await scene.renew({ newKey: true });
    scene.files = {
      ...systemFiles,
      rename: () => Promise.reject(new Failure('disk-full', 'Full.')),
    };
    await scene.wait(0.001);
    expect((await scene.renew({ restore: true })).finish).toMatchObject({ outcome: 'failed' });
    expect(await scene.text(serverKey)).toBe(key);
    scene.files = systemFiles;
    expect((await scene.renew({ restore: true })).finish).toMatchObject({ outcome: 'done' });
    expect(await scene.text(serverCertificate)).toBe(certificate);
    expect(await scene.pairFits()).toBe(true);
  });

  test('takes back a new key whose certificate never came', async () => {
    await using scene = await RenewalScene.make();
    const { serverKey, serverCertificate } = scene.deployment;
    const before = [await scene.text(serverKey), await scene.text(serverCertificate)];
    scene.files = {
      ...systemFiles,
      rename: () => Promise.reject(new Failure('disk-full', 'Full.')),
    };
    await scene.renew({ newKey: true });
    scene.files = systemFiles;
    const renewed = await scene.renew({ restore: true });
    expect(renewed.finish).toMatchObject({ outcome: 'done', changed: true });
    expect([await scene.text(serverKey), await scene.text(serverCertificate)]).toEqual(before);
  });

  test('needs no key of the CA', async () => {
    await using scene = await RenewalScene.make();
    const { fingerprint } = await scene.certificate();
    await scene.renew();
    await scene.files.remove(scene.deployment.caKey);
    const renewed = await scene.renew({ restore: true });
    expect(renewed.finish, JSON.stringify(renewed.finish)).toMatchObject({ outcome: 'done' });
    expect((await scene.certificate()).fingerprint).toBe(fingerprint);
  });

  test('refuses one that has expired meanwhile, and one whose key is not its own', async () => {
    await using scene = await RenewalScene.make();
    await scene.wait(80);
    await scene.renew();
    await scene.wait(20);
    expect(await refused(scene, { restore: true })).toMatchObject({ code: 'certificate-refused' });
    const [name = ''] = await systemFiles.list(scene.deployment.backupsDir);
    const other = await scene.certificates.issueCa({
      ...{ commonName: 'x', keyType: 'p-256', days: 1, now: scene.clock.now() },
    });
    const path = `${scene.deployment.backupsDir}/${name}/tls.key`;
    await systemFiles.write(path, other.key.reveal(), 0o400);
    expect(await refused(scene, { restore: true })).toMatchObject({ code: 'file-malformed' });
  });
});

describe('what is on disk', () => {
  test('a certificate that cannot be read is replaced', async () => {
    await using scene = await RenewalScene.make();
    await systemFiles.write(scene.deployment.serverCertificate, 'torn', 0o644);
    const renewed = await scene.renew(window);
    expect(renewed.finish, JSON.stringify(renewed.finish)).toMatchObject({ changed: true });
    expect(await scene.pairFits()).toBe(true);
  });

  test('a key that cannot be read: only a new one helps, and that is said', async () => {
    await using scene = await RenewalScene.make();
    const { serverKey } = scene.deployment;
    await systemFiles.write(serverKey, 'torn', 0o400);
    expect(await refused(scene)).toMatchObject({
      code: 'file-malformed',
      nextSteps: expect.arrayContaining(['Make a new key: --new-key']),
    });
    expect((await scene.renew({ newKey: true })).finish).toMatchObject({ outcome: 'done' });
    expect(await scene.pairFits()).toBe(true);
  });

  test('a key that no caller accepts is not kept silently', async () => {
    await using scene = await RenewalScene.make();
    const { caCertificate, caKey, serverCertificate, serverKey } = scene.deployment;
    const ca = { certificate: await scene.text(caCertificate), key: await scene.text(caKey) };
    const weak = makeServer(ca, domain, { bits: 1024 });
    await systemFiles.write(serverCertificate, weak.certificate, 0o644);
    await systemFiles.write(serverKey, weak.key, 0o400);
    expect(await refused(scene)).toMatchObject({
      code: 'certificate-refused',
      nextSteps: ['Make a new key, too: --new-key'],
    });
  });

  test('a key that needs an image to be read, and there is none', async () => {
    await using scene = await RenewalScene.make();
    scene.ownedFiles.needsImage = true;
    const answers = answersOf();
    expect(await refused(scene, {}, answers)).toMatchObject({
      code: 'file-unreadable',
      nextSteps: expect.arrayContaining([`docker pull ${answers.images.proxy}`]),
    });
  });

  test('nothing: there is no deployment', async () => {
    await using scene = await RenewalScene.make();
    await systemFiles.remove(scene.deployment.composeFile);
    expect(await refused(scene)).toMatchObject({ code: 'deployment-missing' });
  });
});

test('a window as long as the certificate: every run renews, and says so', async () => {
  await using scene = await RenewalScene.make();
  const answers = answersOf({ certificates: { days: 30 } });
  await scene.renew({}, answers);
  const renewed = await scene.renew(window, answers);
  expect(renewed.finish).toMatchObject({ changed: true });
  expect(noticesOf(renewed)[0]).toContain('every run renews it');
});

test('no key is ever in an event, a plan or the journal', async () => {
  await using scene = await RenewalScene.make();
  const keys = [
    await scene.text(scene.deployment.serverKey),
    await scene.text(scene.deployment.caKey),
  ];
  const renewed = await scene.renew({ newKey: true });
  keys.push(await scene.text(scene.deployment.serverKey));
  const said = JSON.stringify(renewed.events) + (await scene.text(scene.deployment.journal));
  for (const key of keys) expect(said).not.toContain(key.split('\n')[1]);
});
