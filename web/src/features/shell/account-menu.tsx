"use client";
/** Who is signed in, and the way out. */
import { LogOut } from "lucide-react";
import { Button } from "@/components/button";
import { Disclosure } from "@/components/disclosure";
import { ThemeSwitch } from "./theme-switch";

export interface Account {
  readonly name: string;
  readonly email: string;
  readonly signOut: () => void;
  readonly signingOut: boolean;
  /** Why signing out failed, where it did. */
  readonly failure: string | undefined;
}

export interface AccountMenuProps extends Account {
  className?: string;
  buttonClassName: string;
  panelClassName: string;
  /** Below the initials on the phone's bar. */
  caption?: string;
}

export function AccountMenu({ name, email, signOut, signingOut, failure, caption, ...place }: AccountMenuProps) {
  const button = (
    <>
      <Initials name={name || email} />
      {caption ? <span className="text-xs">{caption}</span> : <span className="truncate">{name || email}</span>}
    </>
  );
  return (
    <Disclosure {...place} button={button}>
      <div className="grid gap-3 p-3">
        <div className="min-w-0 px-1">
          <p className="truncate font-medium">{name}</p>
          <p className="truncate text-sm text-muted">{email}</p>
        </div>
        <ThemeSwitch />
        <Button onClick={signOut} disabled={signingOut}>
          <LogOut size="1rem" aria-hidden />
          Sign out
        </Button>
        {failure && (
          <p role="alert" className="px-1 text-sm text-bad">
            {failure}
          </p>
        )}
      </div>
    </Disclosure>
  );
}

function Initials({ name }: { name: string }) {
  const letters = name
    .split(/[\s.@]+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? "");
  return (
    <span
      aria-hidden
      className="grid size-6 shrink-0 place-items-center rounded-full bg-accent text-[0.625rem] font-semibold text-on-accent"
    >
      {letters.join("").toUpperCase()}
    </span>
  );
}
