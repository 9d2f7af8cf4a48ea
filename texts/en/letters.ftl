hello = Hello,
hello-name = Hello { $name },
button-fallback = If the button does not work, open this address:

# Why one gets a letter.
because-account = You get this because of your account at Ticket Exchange.
because-order = You get this because of your order at Ticket Exchange.
because-sale = You get this because of your listing at Ticket Exchange.
not-you = If this was not you, set another password at once with "Forgot your password?" on the sign-in page.

# Links.
verify-email = Confirm your e-mail address
verify-email-text = With this you show that the address is yours. Then you can buy and sell tickets. The link can be used once, within 24 hours. If you did not create an account, do nothing: somebody has mistyped their address.
confirm-address = Confirm address
reset-password = Set a new password
reset-password-text = Somebody, hopefully you, has asked for a new password. The link can be used once, within 15 minutes. If it was not you, do nothing: your password stays as it is.
change-email = Confirm your new e-mail address
change-email-text = Your account is to have this address. The link can be used once, within 24 hours. If it was not you who asked for this, do nothing.
link-identity = Confirm another way to sign in
link-identity-text = Somebody whom another site knows by this address wants to sign in to your account with it. Confirm this only if it was you. The link can be used once, within 15 minutes.
see-who = See who it is

# Changes of an account.
password-changed = Your password was changed
password-changed-text = Your account has a new password, and you are signed out everywhere else.
second-factor-on = Two-step sign-in is on
second-factor-on-text = From now on your account asks for a code when you sign in. You are signed out everywhere else.
second-factor-off = Two-step sign-in is off
second-factor-off-text = Your account no longer asks for a code when you sign in. You are signed out everywhere else.
identity-linked = Another way to sign in
identity-linked-text = One more way to sign in was added to your account. They are all listed on your account's page.
key-made = A key for a program
key-made-text = A key was made by which a program acts for your account. They are all listed on your account's page, where you end them too.
identity-unlinked = One way to sign in less
identity-unlinked-text = One way to sign in was removed from your account, and you are signed out everywhere else.
email-changed = Your e-mail address was changed
email-changed-text = Your account's e-mail address is now { $email }. If this was not you, write to us: this address can no longer be used to get the account back.

# Orders.
ticket = Ticket
event = Event
total = Total
order-number = Order number
paid = Paid
billed-to = Billed to
see-order = See the order
see-sale = See the sale
see-listings = See your listings
look-for-another = Look for another ticket
order-confirmed = Your ticket: { $title }
order-confirmed-text = Your payment went through and the ticket is yours. How you get it is on the order's page, where you also find your receipt.
ticket-sold = Sold: { $title }
ticket-sold-text = Your ticket is sold and paid for. Hand it over as your note says.
order-refunded = Refunded: { $title }
order-refunded-text = The full price went back to your card. Your bank shows it within some days.
sale-refunded = Sale refunded: { $title }
sale-refunded-gone = The buyer of your ticket was refunded. Your listing is not on the market again.
sale-refunded-back = The buyer of your ticket was refunded, and your listing went back to the market.
reservation-expired = Reservation expired: { $title }
reservation-expired-text = Your time to pay ran out, so the ticket went back to the market. Nothing was charged.
payment-failed = Payment failed: { $title }
payment-failed-text = Your bank approved the payment, but it could not be completed, so the order was cancelled. Nothing was charged.
reservation-removed = Reservation cancelled: { $title }
reservation-removed-text = A moderator took the listing off the market, so your reservation was cancelled. Nothing was charged.
suspended = Your account is suspended
suspended-text = You cannot sign in, and what you offer is not shown. What you bought can still be refunded. Write to us if you think that this is wrong.
reinstated = Your account is open again
reinstated-text = You can sign in again. Your listings are looked at, and then back on the market.
case-opened = A listing waits for a moderator
case-opened-text = This listing is to be looked at. This link is yours: with it you decide, once.
see-case = See the case
because-moderator = You get this because you are a moderator of Ticket Exchange.
listing-approved = Your listing is on the market
listing-approved-text = A moderator looked at your listing and approved it.
listing-rejected = Your listing was not accepted
listing-rejected-text = It is not on the market. You can edit it, and it is looked at again.
listing-removed = Your listing was removed
listing-removed-text = A moderator took it down for good.
see-listing = See your listing
because-listing = You get this because you listed this ticket at Ticket Exchange.
