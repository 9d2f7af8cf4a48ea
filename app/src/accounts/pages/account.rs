use leptos::{prelude::*, server_fn::ServerFn};

use super::done;
use crate::{
    accounts::{api, types::AccountView},
    form::FormState,
    texts::accounts as text,
    ui::{Fact, Form, FormAlert, Input, PageTitle, Submit, read, show},
};

/// `/account`
#[component]
pub(crate) fn Account() -> impl IntoView {
    let account = read(String::new, |_| api::account());
    let verify = FormState::new(api::VerifyAgain::PATH);
    let password = FormState::new(api::ChangePassword::PATH);
    let email = FormState::new(api::RequestEmail::PATH);
    view! {
        <PageTitle text=text::ACCOUNT_TITLE />
        {show(account, move |account: AccountView| view! {
            <div class="panel form">
                <h1>{text::ACCOUNT_TITLE}</h1>
                {done()}
                <dl>
                    <Fact term=text::DISPLAY_NAME>{account.name}</Fact>
                    <Fact term=text::EMAIL>
                        {account.email} " "
                        <span class="quiet">"("{if account.verified { text::ADDRESS_CONFIRMED } else { text::ADDRESS_UNCONFIRMED }}")"</span>
                    </Fact>
                </dl>
                {(!account.verified).then(|| view! {
                    <FormAlert form=verify />
                    <p class="note">{text::UNVERIFIED_NOTE}</p>
                    <Form form=verify reload=true>
                        <Submit form=verify label=text::SEND_AGAIN />
                    </Form>
                })}
                <section>
                    <h2>{text::CHANGE_PASSWORD}</h2>
                    <FormAlert form=password />
                    <Form form=password reload=true>
                        <Input form=password name="current_password" label=text::CURRENT_PASSWORD kind="password" autocomplete="current-password" />
                        <Input form=password name="new_password" label=text::NEW_PASSWORD hint=text::PASSWORD_HINT kind="password" autocomplete="new-password" />
                        <Submit form=password label=text::CHANGE_PASSWORD />
                    </Form>
                </section>
                <section>
                    <h2>{text::CHANGE_EMAIL}</h2>
                    <FormAlert form=email />
                    <Form form=email reload=true>
                        <Input form=email name="email" label=text::NEW_EMAIL hint=text::NEW_EMAIL_HINT kind="email" autocomplete="email" />
                        <Input form=email name="email_password" label=text::CURRENT_PASSWORD kind="password" autocomplete="current-password" />
                        <Submit form=email label=text::CHANGE_EMAIL />
                    </Form>
                </section>
            </div>
        }.into_any())}
    }
}
