import { useState } from 'react';
import type { FieldMessage } from '../fields/field-message.ts';
import { lacksToken, tunnelNotes, tunnelProblems } from '../texts/tunnel-text.ts';
import type { TunnelForm } from '../views.ts';
import { domainIn, type Misplaced, misplacedInDomain } from './misplaced-paste.ts';

export type TunnelField = 'domain' | 'token';

interface Notice {
  readonly field: TunnelField;
  readonly message: FieldMessage;
}

export interface TunnelEntry {
  readonly focus: TunnelField;
  readonly messages: Readonly<Record<TunnelField, FieldMessage>>;
  /** Changes when a text went elsewhere: the token's field must forget what it was given. */
  readonly round: number;
  readonly onDomain: (text: string) => void;
  readonly onDomainPaste: (text: string, how: 'paste' | 'keys') => boolean;
  readonly onToken: (text: string, how: 'paste' | 'keys') => void;
  readonly onMove: () => void;
  readonly onSubmit: () => void;
}

/**
 * Two fields, one of which has the keys. What is wrong with a field is told once it was left,
 * submitted or pasted into; a token never stays in the domain's field.
 */
export function useTunnelEntry(about: {
  readonly form: TunnelForm;
  readonly onDomain: (text: string) => void;
  readonly onToken: (text: string) => void;
  readonly onContinue: () => void;
}): TunnelEntry {
  const { form } = about;
  const problems = tunnelProblems(form);
  const notes = tunnelNotes(form);
  const [focus, setFocus] = useState<TunnelField>(
    problems.domain === undefined && problems.token !== undefined ? 'token' : 'domain',
  );
  const [touched, setTouched] = useState({
    domain: form.domain !== '',
    token: form.token !== undefined,
  });
  const [notice, setNotice] = useState<Notice>();
  const [round, setRound] = useState(0);

  const touch = (...fields: readonly TunnelField[]) =>
    setTouched((before) => ({
      domain: before.domain || fields.includes('domain'),
      token: before.token || fields.includes('token'),
    }));
  const messageOf = (field: TunnelField): FieldMessage => {
    if (notice?.field === field) return notice.message;
    if (problems[field] === undefined) return { note: notes[field] };
    return touched[field] ? { problem: problems[field] } : {};
  };

  const takeAway = (misplaced: Misplaced, text: string) => {
    if (misplaced.kind === 'secret') {
      setNotice({ field: 'domain', message: { problem: misplaced.why } });
    } else if (misplaced.kind === 'token') {
      const note = '! That was the token: it went into the token field.';
      about.onToken(text);
      touch('token');
      setRound((count) => count + 1);
      setNotice({ field: 'domain', message: { note } });
    } else {
      about.onDomain(misplaced.domain);
      touch('domain');
    }
  };

  return {
    focus,
    messages: { domain: messageOf('domain'), token: messageOf('token') },
    round,
    onDomain: (text) => {
      setNotice(undefined);
      const misplaced = misplacedInDomain(text);
      const stays = misplaced === undefined || misplaced.kind === 'domain';
      about.onDomain(stays ? text : '');
      if (!stays) takeAway(misplaced, text);
    },
    onDomainPaste: (text, how) => {
      setNotice(undefined);
      const misplaced = misplacedInDomain(text);
      // Its first letters may have come before it: what is without them would be another tunnel's.
      if (misplaced?.kind === 'domain' && how === 'keys') return false;
      if (misplaced) takeAway(misplaced, text);
      else touch('domain');
      return misplaced !== undefined;
    },
    onToken: (text, how) => {
      setNotice(undefined);
      const domain = how === 'paste' && form.domain === '' ? domainIn(text) : undefined;
      if (domain !== undefined) {
        const note = '! That was the domain: it went into the domain field.';
        about.onDomain(domain);
        setRound((count) => count + 1);
        setNotice({ field: 'token', message: { note } });
        return;
      }
      if (how === 'paste') touch('token');
      about.onToken(text);
    },
    onMove: () => {
      touch(focus);
      setFocus(focus === 'domain' ? 'token' : 'domain');
    },
    onSubmit: () => {
      setNotice(undefined);
      if (focus === 'domain' && lacksToken(form)) {
        touch('domain');
        if (problems.domain === undefined) setFocus('token');
        return;
      }
      touch('domain', 'token');
      if (problems.domain !== undefined) setFocus('domain');
      else if (problems.token !== undefined) setFocus('token');
      else about.onContinue();
    },
  };
}
