import { describe, expect, test } from 'vitest';
import { caRotationOptions, withoutNewCa } from '../../src/cli/ca-rotation-options.ts';
import { commandTable } from '../../src/cli/commands.ts';
import { parseArgv } from '../../src/cli/parse-argv.ts';
import { installQuestions } from '../../src/questions/install-questions.ts';

const argvOf = (...args: string[]) =>
  parseArgv(['rotate-ca', ...args], commandTable(installQuestions));
const optionsOf = (...args: string[]) => caRotationOptions(argvOf(...args), '/home/ops');
const fingerprint = 'ab'.repeat(32);

describe('the flags of rotate-ca', () => {
  test('none says nothing', () => {
    expect(optionsOf('--yes')).toEqual({
      caRegistered: undefined,
      oldRevoked: undefined,
      cancel: false,
      caKeyFile: undefined,
      keyType: undefined,
      caDays: undefined,
      days: undefined,
    });
  });

  test('fingerprints are taken as the Console or openssl prints them', () => {
    const colons = fingerprint.toUpperCase().replace(/..(?=.)/gu, '$&:');
    expect(optionsOf('--ca-registered', colons)).toMatchObject({ caRegistered: fingerprint });
    expect(optionsOf('--old-revoked', fingerprint)).toMatchObject({ oldRevoked: fingerprint });
  });

  test('a relative path counts from where the command was typed', () => {
    expect(optionsOf('--ca-key', 'usb/new.key')).toMatchObject({
      caKeyFile: '/home/ops/usb/new.key',
    });
  });

  test('what is about the new CA is no answer about the old one', () => {
    const argv = argvOf(
      ...['--ca-key', 'new.key', '--ca-days', '10', '--key-type', 'p-256', '--cert-days', '9'],
      ...['--ca-registered', fingerprint, '--ca-passphrase-file', 'p', '--dir', 'd'],
    );
    expect([...withoutNewCa(argv).values.keys()]).toEqual(['ca-passphrase-file', 'dir']);
  });

  test('all that is invalid is said at once', () => {
    expect(() => optionsOf('--ca-registered', 'abc', '--ca-days', 'long')).toThrow(
      expect.objectContaining({
        code: 'answers-invalid',
        missing: [
          expect.objectContaining({ flag: '--ca-registered' }),
          expect.objectContaining({ flag: '--ca-days' }),
        ],
      }),
    );
  });

  test('taking back goes with nothing else', () => {
    expect(() => optionsOf('--cancel', '--old-revoked', fingerprint)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});
