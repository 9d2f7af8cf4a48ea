hello = Bonjour,
hello-name = Bonjour { $name },
button-fallback = Si le bouton ne fonctionne pas, ouvrez cette adresse :

# Why one gets a letter.
because-account = Vous recevez ce message en raison de votre compte chez Ticket Exchange.
because-order = Vous recevez ce message en raison de votre commande chez Ticket Exchange.
because-sale = Vous recevez ce message en raison de votre annonce chez Ticket Exchange.
not-you = Si ce n’était pas vous, choisissez tout de suite un autre mot de passe avec « Mot de passe oublié ? » sur la page de connexion.

# Links.
verify-email = Confirmez votre adresse e-mail
verify-email-text = Vous montrez ainsi que l’adresse est la vôtre. Vous pouvez ensuite acheter et vendre des billets. Le lien sert une seule fois, dans les 24 heures. Si vous n’avez pas créé de compte, ne faites rien : quelqu’un s’est trompé en saisissant son adresse.
confirm-address = Confirmer l’adresse
reset-password = Choisissez un nouveau mot de passe
reset-password-text = Quelqu’un, vous sans doute, a demandé un nouveau mot de passe. Le lien sert une seule fois, dans les 15 minutes. Si ce n’était pas vous, ne faites rien : votre mot de passe reste le même.
change-email = Confirmez votre nouvelle adresse e-mail
change-email-text = Votre compte doit prendre cette adresse. Le lien sert une seule fois, dans les 24 heures. Si ce n’est pas vous qui l’avez demandé, ne faites rien.
link-identity = Confirmez un autre moyen de connexion
link-identity-text = Quelqu’un qu’un autre site connaît sous cette adresse veut s’en servir pour se connecter à votre compte. Ne confirmez que si c’était vous. Le lien sert une seule fois, dans les 15 minutes.
see-who = Voir qui c’est

# Changes of an account.
password-changed = Votre mot de passe a été changé
password-changed-text = Votre compte a un nouveau mot de passe, et vous êtes déconnecté partout ailleurs.
second-factor-on = La connexion en deux étapes est activée
second-factor-on-text = Désormais votre compte demande un code à la connexion. Vous êtes déconnecté partout ailleurs.
second-factor-off = La connexion en deux étapes est désactivée
second-factor-off-text = Votre compte ne demande plus de code à la connexion. Vous êtes déconnecté partout ailleurs.
identity-linked = Un autre moyen de connexion
identity-linked-text = Un moyen de connexion de plus a été ajouté à votre compte. Ils figurent tous sur la page de votre compte.
key-made = Une clé pour un programme
key-made-text = Une clé par laquelle un programme agit pour votre compte a été créée. Elles figurent toutes sur la page de votre compte, où vous les révoquez aussi.
identity-unlinked = Un moyen de connexion de moins
identity-unlinked-text = Un moyen de connexion a été retiré de votre compte, et vous êtes déconnecté partout ailleurs.
email-changed = Votre adresse e-mail a été changée
email-changed-text = L’adresse e-mail de votre compte est maintenant { $email }. Si ce n’était pas vous, écrivez-nous : cette adresse-ci ne permet plus de récupérer le compte.

# Orders.
ticket = Billet
event = Événement
total = Total
order-number = Numéro de commande
paid = Payé
billed-to = Facturé à
see-order = Voir la commande
see-sale = Voir la vente
see-listings = Voir vos annonces
look-for-another = Chercher un autre billet
order-confirmed = Votre billet : { $title }
order-confirmed-text = Votre paiement a abouti et le billet est à vous. La page de la commande dit comment vous le recevez ; vous y trouvez aussi votre reçu.
ticket-sold = Vendu : { $title }
ticket-sold-text = Votre billet est vendu et payé. Remettez-le comme le dit votre note.
order-refunded = Remboursé : { $title }
order-refunded-text = Le prix entier est retourné sur votre carte. Votre banque l’affiche d’ici quelques jours.
sale-refunded = Vente remboursée : { $title }
sale-refunded-gone = L’acheteur de votre billet a été remboursé. Votre annonce n’est pas revenue sur le marché.
sale-refunded-back = L’acheteur de votre billet a été remboursé, et votre annonce est retournée sur le marché.
reservation-expired = Réservation expirée : { $title }
reservation-expired-text = Votre temps pour payer est écoulé et le billet est retourné sur le marché. Rien n’a été débité.
payment-failed = Paiement échoué : { $title }
payment-failed-text = Votre banque avait accepté le paiement, mais il n’a pas pu aboutir ; la commande est donc annulée. Rien n’a été débité.
reservation-removed = Réservation annulée : { $title }
reservation-removed-text = Un modérateur a retiré l’annonce du marché ; votre réservation est donc annulée. Rien n’a été débité.
suspended = Votre compte est suspendu
suspended-text = Vous ne pouvez plus vous connecter, et ce que vous proposez n’est plus affiché. Ce que vous avez acheté peut toujours être remboursé. Écrivez-nous si vous pensez que c’est une erreur.
reinstated = Votre compte est rouvert
reinstated-text = Vous pouvez vous connecter de nouveau. Vos annonces sont examinées, puis remises sur le marché.
case-opened = Une annonce attend un modérateur
case-opened-text = Cette annonce est à regarder. Ce lien est à vous : il vous permet de décider, une fois.
see-case = Voir le cas
because-moderator = Vous recevez ce message parce que vous êtes modérateur de Ticket Exchange.
listing-approved = Votre annonce est sur le marché
listing-approved-text = Un modérateur a examiné votre annonce et l’a approuvée.
listing-rejected = Votre annonce n’a pas été acceptée
listing-rejected-text = Elle n’est pas sur le marché. Vous pouvez la modifier et elle sera examinée de nouveau.
listing-removed = Votre annonce a été retirée
listing-removed-text = Un modérateur l’a retirée définitivement.
see-listing = Voir votre annonce
because-listing = Vous recevez ce message parce que vous avez mis ce billet en vente sur Ticket Exchange.
