import { describe, expect, test } from 'vitest';
import { commandTable } from '../../src/cli/commands.ts';
import { parseArgv } from '../../src/cli/parse-argv.ts';
import { wantsWizard } from '../../src/cli/wants-wizard.ts';
import { answersArgvOf } from '../../src/cli/wizard-opening.ts';
import { installQuestions } from '../../src/questions/install-questions.ts';

const commands = commandTable(installQuestions);
const parse = (words: string) => parseArgv(words.split(' '), commands);

describe('a person at a terminal', () => {
  test.each([
    'install',
    'rehearse install --dir d',
    'rotate-token',
    'rotate-token --token-file f',
    'renew-cert --new-key --ca-key k',
    'renew-cert --restore',
    'routes',
    'routes --route a=http://b:1',
    'install --plain',
    'rotate-ca',
    'rehearse rotate-ca --dir d',
    'schedule',
  ])('is led through: %s', (words) => {
    expect(wantsWizard(true, parse(words))).toBe(true);
    expect(wantsWizard(false, parse(words))).toBe(false);
  });

  test.each([
    'install --yes',
    'install --json',
    'rotate-token --dry-run',
    'rotate-token --token-stdin',
    'rotate-token --switched vm-2',
    'renew-cert --verbose',
    'renew-cert --renew-before 720h',
    'routes list',
    'rotate-ca --cancel',
    'rotate-ca --yes',
    'rotate-ca --ca-days 30',
    'schedule on',
    'schedule show',
    'routes add a=http://b:1',
    'routes remove a',
    'status',
  ])('has asked for a run without questions: %s', (words) => {
    expect(wantsWizard(true, parse(words))).toBe(false);
  });
});

test('what routes is given is no answer before it is carried out', () => {
  const words =
    'routes --dir d --route a=http://b:1 --allow-ip 10.0.0.0/8 --upstream-ca c --upstream-system-cas';
  const { values, switches } = answersArgvOf(parse(words));
  expect([...values.keys()]).toEqual(['dir']);
  expect([...switches.keys()]).toEqual([]);
  const install = parse('install --route a=http://b:1');
  expect(answersArgvOf(install)).toBe(install);
});
