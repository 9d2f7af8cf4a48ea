orders-title = My orders
no-orders = You have not ordered a ticket yet.
find-one = Find one on the market
resume = Resume
receipt = Receipt
show = Show
checkout-title = Pay for your ticket
reserved-for-you = Reserved for you alone.
time-left = Time left
until = Held until
time-is-up = The time is up.
billing = Billing address
billing-name = Name on the card
country = Country
line1 = Street address
line2 = Apartment, floor or company
city = City or town
region = State or province
postal-code = Postal code
bank-waits = Your bank has yet to hear from you whether this payment is yours. Go on with that, or pay with another card below.
go-on = Go on
card = Card
card-loading = The card field is loading…
card-failed = The card field could not be loaded. Check your connection and load the page again.
card-needs-script = Your card is entered in a field of our payment provider, Stripe, which needs JavaScript. Turn it on and load this page again; everything else here works without.
card-safe = Your card number goes to Stripe only and never reaches our servers.
cancel = Cancel reservation
paying = Paying…
last-attempt = Last attempt:
not-completed = The payment was not completed and nothing was charged. Pay again.
receipt-title = Receipt
paid-note = Paid. The ticket is yours.
order-number = Order number
ticket = Ticket
event-date = Event
price = Price
paid-with = Paid with
billed-to = Billed to
paid-at = Paid
ordered-at = Ordered
changed-at = Last change
no-note = The seller left no note.
refund = Refund
refund-title = Give the ticket back?
refund-note = The full price goes back to your card, and the ticket is no longer yours. This cannot be undone.
keep-ticket = Keep the ticket
not-refundable = This order cannot be refunded now: it is not paid, it is refunded already, its payment is disputed, or the time for refunds is over.
back-to-order = Back to the order
refund-failed = The last refund did not go through, so the ticket is still yours. Try again; if it fails again, write to us with the order number.
sale-title = Order for your ticket
order-title = Your order
look-for-another = Look for another ticket
see-ticket = See the ticket
pay = Pay
minutes-left = { $minutes ->
    [one] { $minutes } minute left.
   *[other] { $minutes } minutes left.
}
other-card = Card

# Where an order stands, in a word.
status-waiting = Waiting for payment
status-expired = Expired
status-paying = Being paid
status-paid = Paid
status-refunding = Refund under way
status-refunded = Refunded
status-cancelled = Cancelled

# Where an order that is neither payable nor paid stands.
outcome-expired = Your time to pay ran out, so the ticket went back to the market. Nothing was charged.
outcome-approved = Your bank has approved the payment. We are completing the order, which takes a few seconds.
outcome-refunding = Your refund is under way. Your bank shows it within some days.
outcome-refunded = The full price went back to your card.
outcome-moderation = A moderator took the listing off the market, so your reservation was cancelled. Nothing was charged.
outcome-payment-failed = The payment failed, so the order was cancelled. Nothing was charged.
outcome-cancelled = This reservation was cancelled. Nothing was charged.

# Where a dispute of the payment stands.
dispute-open = The card holder disputes this payment with their bank. Until the bank has decided it cannot be refunded.
dispute-won = The card holder disputed this payment, and the bank decided that it stands.
dispute-lost = The card holder disputed this payment, and the bank gave them the money back. It cannot be refunded again.

# Where an order stands, for the seller.
sale-reserved = Somebody has reserved your ticket and has yet to pay.
sale-expired = The buyer did not pay in time. Your ticket is going back to the market.
sale-approved = The buyer's bank has approved the payment. The order is being completed.
sale-paid = Your ticket is sold and paid for. Hand it over as your note says.
sale-refunding = The buyer is being refunded.
sale-refunded = The buyer was refunded.
sale-cancelled = The buyer did not pay, so the order was cancelled.
