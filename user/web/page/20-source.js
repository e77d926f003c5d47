<!--head--><!--scripts-->
