# Also what is said of a card that was reported lost or stolen or that Stripe
# suspects of fraud: whoever holds it should not learn that.
generic = Your card was declined. Pay with another card, or ask your bank why.
insufficient-funds = Your card was declined because of insufficient funds. Pay with another card.
limit = Your card was declined because it has reached its limit. Pay with another card.
expired = Your card was declined because it has expired. Pay with another card.
security-code = Your card was declined because its security code is wrong. Check the code and pay again.
number = Your card was declined because its number is wrong. Check the number and pay again.
expiry = Your card was declined because its expiry date is wrong. Check the date and pay again.
address = Your card was declined because the address does not match it. Check the address and pay again.
pin = Your card was declined because it asks for its PIN, which cannot be given online. Pay with another card.
confirm = Your bank wants you to confirm this payment. Pay again and follow its instructions.
unconfirmed = Your bank could not confirm that it is you. Pay again, or with another card.
kind = Your card was declined because it cannot be used for this kind of purchase. Pay with another card.
currency = Your card was declined because it does not support this currency. Pay with another card.
duplicate = Your card was declined because a payment of the same amount was made moments ago. Look at your orders before you pay again.
account = Your card was declined because of its account. Ask your bank, or pay with another card.
amount = Your card was declined because the amount is more than it allows. Ask your bank, or pay with another card.
later = Your bank could not be asked just now. Pay again in a moment; if it is declined again, pay with another card.
test-card = Your card was declined because it is a test card. Pay with a real card.
