"use client";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Button } from "@/components/button";
import { Field } from "@/components/field";
import { PASSWORD_LENGTH_MIN, setUp, type Session } from "@/lib/api/session";
import { FormError } from "./form-error";

export function SetupForm({ onDone }: { onDone: (session: Session) => void }) {
  const { mutate, error, isPending } = useMutation({ mutationFn: setUp, onSuccess: onDone });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name)).trim();
    const password = String(form.get("password"));
    mutate({ token: text("token"), email: text("email"), name: text("name"), password });
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      <div className="grid gap-1">
        <h1 className="text-xl font-semibold">Set up Salescope</h1>
        <p className="text-sm text-muted">Make the first administrator of this installation.</p>
      </div>
      <Field
        label="Set-up token"
        name="token"
        autoComplete="off"
        spellCheck={false}
        required
        autoFocus
        hint="The server printed it when it first started."
      />
      <Field label="Your name" name="name" autoComplete="name" required />
      <Field label="E-mail" name="email" type="email" autoComplete="username" required />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        minLength={PASSWORD_LENGTH_MIN}
        required
        hint={`At least ${PASSWORD_LENGTH_MIN} characters.`}
      />
      <FormError error={error} />
      <Button type="submit" kind="primary" className="sm:min-h-10" disabled={isPending}>
        {isPending ? "Creating" : "Create administrator"}
      </Button>
    </form>
  );
}
