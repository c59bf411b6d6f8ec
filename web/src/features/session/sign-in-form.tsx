"use client";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Button } from "@/components/button";
import { Field } from "@/components/field";
import { signIn, type Session } from "@/lib/api/session";
import { FormError } from "./form-error";

export function SignInForm({ onDone }: { onDone: (session: Session) => void }) {
  const { mutate, error, isPending } = useMutation({ mutationFn: signIn, onSuccess: onDone });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    mutate({ email: String(form.get("email")).trim(), password: String(form.get("password")) });
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      <h1 className="text-xl font-semibold">Sign in</h1>
      <Field label="E-mail" name="email" type="email" autoComplete="username" required autoFocus />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required />
      <FormError error={error} />
      <Button type="submit" kind="primary" className="sm:min-h-10" disabled={isPending}>
        {isPending ? "Signing in" : "Sign in"}
      </Button>
    </form>
  );
}
