import { resolve } from 'node:path';
import { Failure, type MissingAnswer } from '../domain/failure.ts';
import { caDays } from '../questions/ca-days.ts';
import { caKeyFile } from '../questions/ca-key-file.ts';
import { caRegistered } from '../questions/ca-registered.ts';
import { certificateDays } from '../questions/certificate-days.ts';
import { keyType } from '../questions/key-type.ts';
import type { Question } from '../questions/question.ts';
import type { CaRotationOptions } from '../steps/rotate-ca/options.ts';
import type { ParsedArgv } from './parse-argv.ts';

const oldRevoked: Question<string> = {
  ...caRegistered,
  id: 'oldRevoked',
  label: 'Which CA certificate is revoked in the Console?',
  flag: 'old-revoked',
};

const own = [caRegistered, oldRevoked, caDays, keyType, certificateDays, caKeyFile];

/** The command line without what is about the new CA alone: the deployment's answers are the old one's. */
export function withoutNewCa(argv: ParsedArgv): ParsedArgv {
  const names: readonly string[] = own.map(({ flag }) => flag);
  const values = [...argv.values].filter(([name]) => !names.includes(name));
  return { ...argv, values: new Map(values) };
}

/**
 * What the flags of `rotate-ca` say.
 * @param cwd where the operator typed the command: relative paths count from there.
 * @throws Failure `usage` for flags that contradict each other, `answers-invalid` for values that are none.
 */
export function caRotationOptions(argv: ParsedArgv, cwd: string): CaRotationOptions {
  const cancel = argv.switches.get('cancel') ?? false;
  const other = own.find(({ flag }) => argv.values.has(flag));
  if (cancel && other) {
    throw new Failure(
      'usage',
      `--cancel takes the new CA back: --${other.flag} does not go with it.`,
      {
        nextSteps: ['Give one of them.'],
      },
    );
  }
  const missing: MissingAnswer[] = [];
  const read = <T>(question: Question<T>): T | undefined => {
    const given = argv.values.get(question.flag)?.[0];
    if (given === undefined) return undefined;
    const found = question.parse(given);
    if (found.ok) return found.value;
    missing.push({ question: question.label, problem: found.problem, flag: `--${question.flag}` });
    return undefined;
  };
  const path = read(caKeyFile);
  const options: CaRotationOptions = {
    caRegistered: read(caRegistered),
    oldRevoked: read(oldRevoked),
    cancel,
    caKeyFile: path === undefined ? undefined : resolve(cwd, path),
    keyType: read(keyType),
    caDays: read(caDays),
    days: read(certificateDays),
  };
  if (missing.length === 0) return options;
  const count = missing.length === 1 ? '1 answer is' : `${missing.length} answers are`;
  throw new Failure('answers-invalid', `${count} missing or invalid.`, {
    missing,
    nextSteps: ['mcp-tunnel rotate-ca --help'],
  });
}
