import { useState } from 'react';
import { pageLines } from './blocks/block-lines.ts';
import { StyledLines } from './blocks/styled-lines.tsx';
import type { RenewalForm } from './operation-views.ts';
import { roomIn } from './parts/frame.tsx';
import { Page } from './parts/page.tsx';
import { RenewalSettings, renewalSettingsRows } from './renew-cert/renewal-settings.tsx';
import {
  firstBroken,
  type RenewalField,
  renewalDecision,
  renewalFields,
  renewalSettingsText,
  renewalText,
} from './texts/renewal-text.ts';
import type { Shell } from './views.ts';

export interface RenewCertProps {
  readonly shell: Shell;
  readonly form: RenewalForm;
  readonly onChange: (field: Exclude<RenewalField, 'passphrase'>, value: string) => void;
  /** Whatever was typed or pasted; empty when it was removed. */
  readonly onPassphrase: (text: string) => void;
  /** Called only when nothing stands in the way. */
  readonly onContinue: () => void;
  /** Puts the archived pair back; there is one. */
  readonly onRestore: () => void;
  readonly onBack: () => void;
}

/** With less room than this a setting matters more than what stands above it. */
const roomyRows = 12;

/** A setting that is open. */
interface Editing {
  readonly field: RenewalField;
  readonly submitted: boolean;
}

/** The server certificate that is there, and how another one takes its place. */
export function RenewCert(props: RenewCertProps) {
  const { shell, form, onChange, onPassphrase, onContinue, onRestore, onBack } = props;
  const [editing, setEditing] = useState<Editing>();
  const open = (field: RenewalField | undefined, submitted = false) =>
    setEditing(field && { field, submitted });
  const broken = firstBroken(form);
  const room = roomIn(shell);

  if (editing === undefined) {
    const decision = pageLines(renewalDecision, room.columns);
    const hasArchive = form.found?.archived !== undefined;
    return (
      <Page
        shell={shell}
        blocks={renewalText(form)}
        hints={[
          { action: 'continue', label: 'show the plan' },
          { action: 'edit', label: 'settings' },
          { action: 'back', label: 'back' },
          ...(hasArchive ? [{ action: 'restore', label: 'put the old one back' } as const] : []),
        ]}
        handlers={{
          continue: () => {
            if (form.found) (broken ? () => open(broken, true) : onContinue)();
          },
          edit: () => open('days'),
          ...(hasArchive ? { restore: onRestore } : {}),
          back: onBack,
        }}
        childRows={decision.length}
        arrowsScroll
      >
        <StyledLines lines={decision} />
      </Page>
    );
  }

  const { field } = editing;
  const place = renewalFields.indexOf(field);
  const leave = () => {
    if (place < renewalFields.length - 1) open(renewalFields[place + 1]);
    else open(broken, true);
  };
  const tight = room.rows < roomyRows;
  const settings = {
    ...{ form, onChange, onPassphrase, tight },
    active: field,
    submitted: editing.submitted,
    width: room.columns,
    onKey: (value: string) => {
      onChange('key', value);
      open('caKeyFile');
    },
  };
  const move = (by: number) =>
    open(renewalFields[(place + by + renewalFields.length) % renewalFields.length]);
  return (
    <Page
      shell={shell}
      blocks={tight ? [] : renewalSettingsText}
      hints={[
        { action: 'continue', label: place < renewalFields.length - 1 ? 'next' : 'done' },
        { action: 'nextField', label: 'other setting' },
        { action: 'back', label: 'close' },
      ]}
      handlers={{
        back: () => open(undefined),
        nextField: () => move(1),
        previousField: () => move(-1),
        ...(field === 'key'
          ? {}
          : {
              continue: () => (form.problems[field] === undefined ? leave() : open(field, true)),
              up: () => move(-1),
              down: () => move(1),
            }),
      }}
      childRows={renewalSettingsRows(settings)}
    >
      <RenewalSettings {...settings} />
    </Page>
  );
}
