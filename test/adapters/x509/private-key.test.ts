import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failure.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { certificates, makeCa } from './issue.ts';
import { workbench } from './openssl.ts';

const passphrase = new Secret('correct horse');
const pkcs8 = /^-----BEGIN PRIVATE KEY-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END PRIVATE KEY-----\n$/;

function attempt(pem: string, phrase?: Secret): Secret | Failure {
  try {
    return certificates.decryptKey(new Secret(pem), phrase);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
}

function failureOf(pem: string, phrase?: Secret): Failure {
  const result = attempt(pem, phrase);
  if (result instanceof Failure) return result;
  throw new Error('it was read');
}

function everyWord(failure: Failure): string {
  const cause = failure.cause instanceof Error ? failure.cause.message : '';
  return [failure.summary, failure.found, failure.expected, ...failure.nextSteps, cause].join('\n');
}

/** Forms in which one RSA and one EC key lie about, by file name. */
const forms = new Map<string, string>();

beforeAll(async () => {
  await using bench = await workbench();
  const { openssl } = bench;
  const pass = ['-passout', `pass:${passphrase.reveal()}`];
  await openssl('genrsa', '-out', 'rsa', '2048');
  await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'ec-with-parameters');
  await openssl('rsa', '-in', 'rsa', '-traditional', '-out', 'rsa-traditional');
  await openssl('ec', '-in', 'ec-with-parameters', '-out', 'ec-traditional');
  for (const kind of ['rsa', 'ec']) {
    const from = `${kind}-traditional`;
    await openssl('pkey', '-in', from, '-out', `${kind}-pkcs8`);
    await openssl('pkcs8', '-topk8', '-in', from, '-out', `${kind}-pkcs8-encrypted`, ...pass);
    await openssl(
      'pkcs8',
      '-topk8',
      '-scrypt',
      '-in',
      from,
      '-out',
      `${kind}-scrypt-encrypted`,
      ...pass,
    );
    await openssl(
      kind,
      '-in',
      from,
      '-aes256',
      '-traditional',
      '-out',
      `${kind}-traditional-encrypted`,
      ...pass,
    ).catch(() =>
      openssl(kind, '-in', from, '-aes256', '-out', `${kind}-traditional-encrypted`, ...pass),
    );
  }
  for (const name of ['ec-with-parameters', 'rsa-traditional', 'ec-traditional']) {
    forms.set(name, await bench.read(name));
  }
  for (const kind of ['rsa', 'ec']) {
    for (const form of ['pkcs8', 'pkcs8-encrypted', 'scrypt-encrypted', 'traditional-encrypted']) {
      forms.set(`${kind}-${form}`, await bench.read(`${kind}-${form}`));
    }
  }
});

function form(name: string): string {
  const text = forms.get(name);
  if (text === undefined) throw new Error(`no ${name}`);
  return text;
}

describe('decryptKey gives unencrypted PKCS#8', () => {
  test.each([
    ['rsa-pkcs8', 'rsa'],
    ['rsa-traditional', 'rsa'],
    ['ec-pkcs8', 'ec'],
    ['ec-traditional', 'ec'],
    ['ec-with-parameters', 'ec'],
  ])('of a plain %s, with a passphrase or without', (name, kind) => {
    for (const phrase of [undefined, passphrase]) {
      const key = certificates.decryptKey(new Secret(form(name)), phrase).reveal();
      expect(key).toMatch(pkcs8);
      expect(key).toBe(form(`${kind}-pkcs8`));
    }
  });

  test.each([
    ['rsa-pkcs8-encrypted', 'ENCRYPTED PRIVATE KEY', 'rsa'],
    ['rsa-scrypt-encrypted', 'ENCRYPTED PRIVATE KEY', 'rsa'],
    ['rsa-traditional-encrypted', 'Proc-Type: 4,ENCRYPTED', 'rsa'],
    ['ec-pkcs8-encrypted', 'ENCRYPTED PRIVATE KEY', 'ec'],
    ['ec-scrypt-encrypted', 'ENCRYPTED PRIVATE KEY', 'ec'],
    ['ec-traditional-encrypted', 'Proc-Type: 4,ENCRYPTED', 'ec'],
  ])('of %s, with its passphrase only', (name, mark, kind) => {
    expect(form(name)).toContain(mark);
    expect(certificates.decryptKey(new Secret(form(name)), passphrase).reveal()).toBe(
      form(`${kind}-pkcs8`),
    );
    const missing = failureOf(form(name));
    expect([missing.code, missing.found]).toEqual(['ca-key-passphrase', 'no passphrase']);
    for (const wrong of ['', 'wrong', `${passphrase.reveal()} `, 'x'.repeat(5000)]) {
      const failure = failureOf(form(name), new Secret(wrong));
      expect(failure.code).toBe('ca-key-passphrase');
      expect(failure.found).toBe('a passphrase that does not open it');
    }
    expect(
      certificates.decryptKey(new Secret(form(name).replaceAll('\n', '\r\n')), passphrase).reveal(),
    ).toBe(form(`${kind}-pkcs8`));
  });

  test('of the key in a file that has a certificate too', async () => {
    const ca = await makeCa();
    const both = new Secret(ca.certificate + ca.key.reveal());
    expect(certificates.decryptKey(both).equals(ca.key)).toBe(true);
  });
});

describe('what is no private key', () => {
  test.each([
    ['nothing', () => '', 'no PEM block'],
    ['two keys', () => form('rsa-pkcs8') + form('ec-pkcs8'), 'a private key, a private key'],
    [
      'an OpenSSH key',
      () => '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n',
      'an OpenSSH private key',
    ],
    [
      'a public key',
      () => '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n',
      'a public key',
    ],
    [
      'an encrypted block of something else',
      () => form('rsa-pkcs8').replaceAll('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'),
      'an encrypted private key that is damaged',
    ],
    [
      'half a key',
      () => form('rsa-pkcs8').replace(/\n[A-Za-z0-9+/]{64}\n/, '\n'),
      'a private key block that holds no readable key',
    ],
  ])('%s', (_, pem, found) => {
    for (const phrase of [undefined, passphrase]) {
      const failure = failureOf(pem(), phrase);
      expect([failure.code, failure.found]).toEqual(['file-malformed', found]);
    }
  });

  test('a certificate', async () => {
    const failure = failureOf((await makeCa()).certificate);
    expect([failure.code, failure.found]).toEqual(['file-malformed', 'a certificate']);
  });

  test('an encryption that is no longer supported is not called a wrong passphrase', () => {
    const headers = 'Proc-Type: 4,ENCRYPTED\nDEK-Info: NO-SUCH-CIPHER,0011223344556677\n\n';
    const old = form('rsa-traditional-encrypted').replace(/Proc-Type[\s\S]*?\n\n/, headers);
    const failure = failureOf(old, passphrase);
    expect([failure.code, failure.found]).toEqual([
      'file-malformed',
      'a private key encrypted in a way that is no longer supported',
    ]);
  });
});

describe('garbage', () => {
  const labels = fc.constantFrom(
    'PRIVATE KEY',
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
  );
  test('gives a Failure that repeats none of it', () => {
    const phrases = fc.option(fc.string({ maxLength: 40 }), { nil: undefined });
    const pem = fc
      .tuple(labels, fc.uint8Array({ minLength: 24, maxLength: 200 }))
      .map(([label, bytes]) => {
        const text = Buffer.from(bytes).toString('base64');
        return {
          text: `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`,
          needle: text.slice(0, 24),
        };
      });
    const words = fc
      .string({ unit: 'binary', maxLength: 500 })
      .map((text) => ({ text, needle: undefined }));
    fc.assert(
      fc.property(fc.oneof(pem, words), phrases, ({ text, needle }, phrase) => {
        const failure = failureOf(text, phrase === undefined ? undefined : new Secret(phrase));
        expect(['file-malformed', 'ca-key-passphrase']).toContain(failure.code);
        if (needle !== undefined) expect(everyWord(failure)).not.toContain(needle);
      }),
      { numRuns: 500 },
    );
  });

  test('a key with a line changed is read or refused, its lines never repeated', () => {
    const names = fc.constantFrom('rsa-pkcs8', 'ec-traditional', 'rsa-traditional', 'ec-pkcs8');
    fc.assert(
      fc.property(
        names,
        fc.nat(1200),
        fc.constantFrom('A', 'z', '/', '=', '!'),
        (name, at, char) => {
          const text = form(name);
          const index = 32 + (at % (text.length - 64));
          const result = attempt(text.slice(0, index) + char + text.slice(index + 1));
          if (!(result instanceof Failure)) return;
          expect(result.code).toBe('file-malformed');
          for (const line of text.split('\n').slice(1, -2))
            expect(everyWord(result)).not.toContain(line);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('encryptKey', () => {
  test('gives what openssl opens with the passphrase, and we do', async () => {
    const { key } = await makeCa();
    const encrypted = certificates.encryptKey(key, passphrase);
    expect(certificates.decryptKey(encrypted, passphrase).equals(key)).toBe(true);
    expect(failureOf(encrypted.reveal()).code).toBe('ca-key-passphrase');
    await using bench = await workbench();
    await bench.write('ca.key', encrypted.reveal());
    const pass = ['-passin', `pass:${passphrase.reveal()}`];
    expect(await bench.openssl('pkey', '-in', 'ca.key', ...pass)).toBe(key.reveal());
    expect(await bench.openssl('asn1parse', '-in', 'ca.key')).toContain('aes-256-cbc');
  });

  test('under an empty passphrase is refused', async () => {
    const { key } = await makeCa();
    expect(() => certificates.encryptKey(key, new Secret(''))).toThrow(
      expect.objectContaining({ code: 'ca-key-passphrase' }),
    );
  });
});

describe('matches', () => {
  test('refuses what is no key, and an encrypted one', async () => {
    const { certificate } = await makeCa();
    const code = (key: string) => {
      try {
        return certificates.matches(certificate, new Secret(key));
      } catch (thrown) {
        return thrown instanceof Failure ? thrown.code : thrown;
      }
    };
    expect(code(form('rsa-pkcs8'))).toBe(false);
    expect(code('nothing')).toBe('file-malformed');
    expect(code(form('ec-pkcs8-encrypted'))).toBe('ca-key-passphrase');
  });
});
